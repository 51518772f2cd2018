#pragma once

#include <cstddef>
#include <string>

#include "../core/fields.h"
#include "../core/last_capture.h"
#include "allocation_sampler.h"
#include "heap_reader.h"

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

enum class Thread : bool { kMain, kWorker };

// Writes the last capture when V8 reports that the heap is about to run out.
//
// Owns the registration of V8's callback; `reader`, `sampler` and `heap`
// outlive it. Lives on the isolate's thread; destroyed with the environment,
// while the isolate is alive. V8 holds its address, so it does not move. V8
// calls back between the phases of a GC, where allocating and collecting are
// allowed and running JavaScript is not.
//
// V8 keeps a list of such callbacks and calls the latest one only. On the main
// thread, this one acts once and removes itself: at the next notice the one
// before it is asked, such as the one that writes Node.js's heap snapshots, or
// no one, and the process dies as it would have.
//
// In a worker, Node.js's own callback raises the limit and ends the worker. A
// callback in its way would let the worker run on, into an allocation that the
// raised limit does not hold, of which the whole process dies. So there is none
// in a worker: that the limit was raised shows at the end of its environment,
// while the heap is as it was.
class NearHeapLimit {
 public:
  NearHeapLimit(v8::Isolate* isolate,
                HeapReader* reader,
                const AllocationSampler* sampler,
                core::HeapArray* heap);
  ~NearHeapLimit();
  NearHeapLimit(const NearHeapLimit&) = delete;
  NearHeapLimit& operator=(const NearHeapLimit&) = delete;

  // Waits for V8's next notice, and then writes to the file at `path`.
  // `identity` becomes `LastCapture::identity`. False, without effect, when
  // this isolate is watched already.
  bool Watch(Thread thread, std::string path, std::string identity);

  // Stops waiting. Idempotent.
  void Unwatch();

  // Called by V8's callback only. Takes and returns limits of the old
  // generation.
  size_t OnNotice(size_t limit);

 private:
  void Capture(double noticed_ms);
  core::LastCapture Describe() const;

  v8::Isolate* const isolate_;
  HeapReader* const reader_;
  const AllocationSampler* const sampler_;
  core::HeapArray* const heap_;
  std::string path_;
  std::string identity_;
  // V8's total limit when the watch began.
  double initial_limit_ = 0;
  // The limit that is granted for one notice; 0 before there is any.
  size_t granted_limit_ = 0;
  Thread thread_ = Thread::kMain;
  bool is_watching_ = false;
  bool is_capturing_ = false;
};

}  // namespace heaptide::engine
