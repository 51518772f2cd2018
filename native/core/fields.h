#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace heaptide::core {

// Slots of the heap array, in order. `lib/binding/contract.ts` documents each
// one and holds the same list; loading compares the two.
#define HEAPTIDE_HEAP_FIELDS(V)              \
  V(kTime, "time")                           \
  V(kUsed, "used")                           \
  V(kExternal, "external")                   \
  V(kRss, "rss")                             \
  V(kMinorCount, "minorCount")               \
  V(kMajorCount, "majorCount")               \
  V(kIncrementalCount, "incrementalCount")   \
  V(kWeakCallbackCount, "weakCallbackCount") \
  V(kFreed, "freed")                         \
  V(kPause, "pause")                         \
  V(kMinorFloor, "minorFloor")               \
  V(kFloor, "floor")                         \
  V(kFloorTime, "floorTime")                 \
  V(kFloorCode, "floorCode")                 \
  V(kFloorExternal, "floorExternal")         \
  V(kFloorMalloced, "floorMalloced")         \
  V(kFloorTotal, "floorTotal")               \
  V(kFloorRss, "floorRss")                   \
  V(kExternalLow, "externalLow")             \
  V(kNearLimitCount, "nearLimitCount")

// Columns of one row of a site reading, in order.
#define HEAPTIDE_SITE_COLUMNS(V) \
  V(kStack, "stack")             \
  V(kLiveBytes, "liveBytes")     \
  V(kLiveCount, "liveCount")     \
  V(kSamples, "samples")         \
  V(kVariance, "variance")       \
  V(kGrowthBytes, "growthBytes") \
  V(kGrowthSamples, "growthSamples")

#define V(id, name) id,
enum class HeapField : size_t { HEAPTIDE_HEAP_FIELDS(V) };
enum class SiteColumn : size_t { HEAPTIDE_SITE_COLUMNS(V) };
#undef V

#define V(id, name) name,
inline constexpr auto kHeapFieldNames =
    std::to_array<std::string_view>({HEAPTIDE_HEAP_FIELDS(V)});
inline constexpr auto kSiteColumnNames =
    std::to_array<std::string_view>({HEAPTIDE_SITE_COLUMNS(V)});
#undef V

#undef HEAPTIDE_HEAP_FIELDS
#undef HEAPTIDE_SITE_COLUMNS

// An array of doubles that is indexed by one of the lists above.
template <typename Field, size_t kCount>
class FieldArray {
 public:
  double& operator[](Field field) noexcept {
    return slots_[static_cast<size_t>(field)];
  }
  double operator[](Field field) const noexcept {
    return slots_[static_cast<size_t>(field)];
  }
  double* data() noexcept { return slots_.data(); }
  const double* data() const noexcept { return slots_.data(); }
  static constexpr size_t size() noexcept { return kCount; }

 private:
  std::array<double, kCount> slots_{};
};

using HeapArray = FieldArray<HeapField, kHeapFieldNames.size()>;
using SiteRow = FieldArray<SiteColumn, kSiteColumnNames.size()>;

}  // namespace heaptide::core
