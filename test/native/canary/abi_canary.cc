// Calls V8 as the addon does, with every structure that V8 fills in between
// bytes that must stay as they are. Where V8's structure is larger than the one
// of the headers that this was compiled with, V8 writes over them.
#include <node_api.h>
#include <v8-profiler.h>
#include <v8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <unordered_set>

namespace {

constexpr size_t kMargin = 256;
constexpr uint8_t kPattern = 0xA5;

// A structure between two margins, in one block of the stack.
template <typename Structure>
class Guarded {
 public:
  Guarded() {
    std::fill(block_.begin(), block_.end(), kPattern);
    structure_ = new (block_.data() + kMargin) Structure();
  }
  ~Guarded() { structure_->~Structure(); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  Structure* get() { return structure_; }

  bool IsIntact() const {
    const auto is_pattern = [](uint8_t byte) { return byte == kPattern; };
    const auto end = block_.begin() + kMargin + sizeof(Structure);
    return std::all_of(block_.begin(), block_.begin() + kMargin, is_pattern) &&
           std::all_of(end, block_.end(), is_pattern);
  }

 private:
  static_assert(kMargin % alignof(Structure) == 0);
  alignas(Structure)
      std::array<uint8_t, kMargin + sizeof(Structure) + kMargin> block_;
  Structure* structure_;
};

bool HeapStatisticsFit(v8::Isolate* isolate) {
  Guarded<v8::HeapStatistics> guarded;
  isolate->GetHeapStatistics(guarded.get());
  return guarded.IsIntact() && guarded.get()->used_heap_size() > 0;
}

bool HeapSpaceStatisticsFit(v8::Isolate* isolate) {
  for (size_t i = 0; i < isolate->NumberOfHeapSpaces(); ++i) {
    Guarded<v8::HeapSpaceStatistics> guarded;
    const bool is_read = isolate->GetHeapSpaceStatistics(guarded.get(), i);
    if (!is_read || !guarded.IsIntact()) return false;
    if (guarded.get()->space_name() == nullptr) return false;
  }
  return true;
}

bool HeapCodeStatisticsFit(v8::Isolate* isolate) {
  Guarded<v8::HeapCodeStatistics> guarded;
  const bool is_read = isolate->GetHeapCodeAndMetadataStatistics(guarded.get());
  return is_read && guarded.IsIntact() &&
         guarded.get()->code_and_metadata_size() > 0;
}

void AddIds(const v8::AllocationProfile::Node& node,
            std::unordered_set<uint32_t>* ids) {
  ids->insert(node.node_id);
  for (const auto* child : node.children) AddIds(*child, ids);
}

// V8 makes these structures and the addon reads them: elements of another size
// than the headers say would have senseless fields from the second one on.
bool SamplesFit(v8::Isolate* isolate) {
  const v8::HandleScope scope(isolate);
  const std::unique_ptr<v8::AllocationProfile> profile(
      isolate->GetHeapProfiler()->GetAllocationProfile());
  if (profile == nullptr) return false;
  std::unordered_set<uint32_t> ids;
  AddIds(*profile->GetRootNode(), &ids);
  const auto& samples = profile->GetSamples();
  return samples.size() > 1 &&
         std::all_of(samples.begin(), samples.end(), [&](const auto& sample) {
           return ids.contains(sample.node_id) && sample.count > 0 &&
                  sample.size > 0 && sample.size < size_t{1} << 30;
         });
}

void Export(napi_env env, napi_value object, const char* name, bool fits) {
  napi_value value = nullptr;
  if (napi_get_boolean(env, fits, &value) != napi_ok) return;
  napi_set_named_property(env, object, name, value);
}

// Whether each structure has the size that V8 gives it. The sampler runs.
napi_value Check(napi_env env, napi_callback_info) {
  v8::Isolate* const isolate = v8::Isolate::GetCurrent();
  napi_value result = nullptr;
  if (napi_create_object(env, &result) != napi_ok) return nullptr;
  Export(env, result, "HeapStatistics", HeapStatisticsFit(isolate));
  Export(env, result, "HeapSpaceStatistics", HeapSpaceStatisticsFit(isolate));
  Export(env, result, "HeapCodeStatistics", HeapCodeStatisticsFit(isolate));
  Export(env, result, "AllocationProfile::Sample", SamplesFit(isolate));
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value check = nullptr;
  if (napi_create_function(
          env, "check", NAPI_AUTO_LENGTH, Check, nullptr, &check) == napi_ok) {
    napi_set_named_property(env, exports, "check", check);
  }
  return exports;
}
