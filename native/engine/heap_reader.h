#pragma once

#include <vector>

#include "../core/fields.h"
#include "heap_spaces.h"
#include "resident_set.h"

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

// Totals of V8's heap, in bytes.
struct HeapTotals {
  double used;
  double total;
  double limit;
  double external;
  double malloced;
};

// Reads the counters of one isolate's heap. Owns what makes the reads cheap:
// the indices of the spaces and the descriptor for the RSS. Lives on the
// isolate's thread; destroyed with the environment. `Read` and the accessors
// may run during GC; `CodeSize` and `RequestMajorGc` may not.
class HeapReader {
 public:
  // `heap` outlives the reader.
  HeapReader(v8::Isolate* isolate, core::HeapArray* heap);
  HeapReader(const HeapReader&) = delete;
  HeapReader& operator=(const HeapReader&) = delete;

  // Writes time, used, external and rss into the heap array.
  void Read() noexcept;

  double External() const noexcept;
  HeapTotals Totals() const noexcept;

  // Machine code and bytecode, in bytes. Walks the old space: about 0.1 ms per
  // MB of heap.
  double CodeSize() const;

  // Starts an ordinary, concurrent major GC; see the constants in the source.
  // Returns false, and does nothing, where V8 would stop the world instead.
  bool RequestMajorGc();

  HeapSpaces& spaces() { return spaces_; }
  ResidentSet& resident_set() { return resident_set_; }

 private:
  v8::Isolate* const isolate_;
  core::HeapArray* const heap_;
  HeapSpaces spaces_;
  ResidentSet resident_set_;
};

}  // namespace heaptide::engine
