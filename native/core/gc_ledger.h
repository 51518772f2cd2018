#pragma once

#include <cstdint>

#include "fields.h"

namespace heaptide::core {

enum class GcKind : uint8_t { kMinor, kMajor, kIncremental, kWeakCallback };

// Turns the brackets of GC cycles into counts, freed bytes, pause and floors.
// Owns nothing: `heap` outlives it. Lives on the thread of its isolate inside
// the GC observer. All methods may run during GC; they write plain numbers.
//
// Brackets nest: V8 processes weak callbacks inside the bracket of a major GC,
// and a weak callback may cause another GC. Only the outermost bracket adds to
// the pause, and only the outermost collection adds to the freed bytes.
class GcLedger {
 public:
  explicit GcLedger(HeapArray* heap) : heap_(heap) {}

  // Opens a bracket. `used` is in bytes, `now_ms` monotonic.
  void Begin(GcKind kind, double used, double now_ms) noexcept;

  // Closes a bracket. Ignored, with false as the result, when its beginning was
  // not seen: the observer is installed by code that V8 runs inside a GC.
  [[nodiscard]] bool End(GcKind kind, double used, double now_ms) noexcept;

  // Forgets the open brackets: their ends will not be seen.
  void Abandon() noexcept;

 private:
  void Count(GcKind kind) noexcept;

  HeapArray* const heap_;
  uint32_t open_brackets_ = 0;
  uint32_t open_collections_ = 0;
  double opened_at_ms_ = 0;
  double used_before_ = 0;
};

}  // namespace heaptide::core
