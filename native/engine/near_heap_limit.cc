#include "near_heap_limit.h"

#include <v8.h>

#include <chrono>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "../core/clock.h"
#include "evidence_file.h"

namespace heaptide::engine {

namespace {

// Stacks in a capture: as many as a reading for JavaScript has.
constexpr size_t kStackLimit = 40;

// Share of the initial limit below which V8 takes the extension back. Node.js
// uses the same for its snapshots near the limit; the last caller's counts.
constexpr double kRestoreShare = 0.95;

// The isolates that are watched by this binary. V8 tells callbacks apart by
// their function alone and aborts when one is added twice, as by two instances
// of the addon in one environment. Isolates live on several threads.
class WatchedIsolates {
 public:
  static WatchedIsolates& Get() {
    static WatchedIsolates instance;
    return instance;
  }

  bool Add(v8::Isolate* isolate) {
    const std::lock_guard lock(mutex_);
    return isolates_.insert(isolate).second;
  }

  void Remove(v8::Isolate* isolate) {
    const std::lock_guard lock(mutex_);
    isolates_.erase(isolate);
  }

 private:
  std::mutex mutex_;
  std::unordered_set<v8::Isolate*> isolates_;
};

size_t Notice(void* watch, size_t limit, size_t) {
  return static_cast<NearHeapLimit*>(watch)->OnNotice(limit);
}

double WallClockMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

}  // namespace

NearHeapLimit::NearHeapLimit(v8::Isolate* isolate,
                             HeapReader* reader,
                             const AllocationSampler* sampler,
                             core::HeapArray* heap)
    : isolate_(isolate), reader_(reader), sampler_(sampler), heap_(heap) {}

NearHeapLimit::~NearHeapLimit() {
  const bool is_worker = is_watching_ && thread_ == Thread::kWorker;
  if (is_worker && reader_->Totals().limit > initial_limit_) {
    Capture(core::MonotonicMs());
  }
  Unwatch();
}

bool NearHeapLimit::Watch(Thread thread,
                          std::string path,
                          std::string identity) {
  if (!WatchedIsolates::Get().Add(isolate_)) return false;
  path_ = std::move(path);
  identity_ = std::move(identity);
  initial_limit_ = reader_->Totals().limit;
  granted_limit_ = 0;
  thread_ = thread;
  if (thread_ == Thread::kMain) {
    isolate_->AddNearHeapLimitCallback(Notice, this);
  }
  is_watching_ = true;
  return true;
}

void NearHeapLimit::Unwatch() {
  if (!is_watching_) return;
  is_watching_ = false;
  if (thread_ == Thread::kMain) {
    // 0: the limit stays, since V8 takes it back by itself once there is room.
    isolate_->RemoveNearHeapLimitCallback(Notice, 0);
  }
  WatchedIsolates::Get().Remove(isolate_);
}

size_t NearHeapLimit::OnNotice(size_t limit) {
  const double noticed_ms = core::MonotonicMs();
  if (granted_limit_ <= limit) {
    // What V8's total limit has above the old generation's is for the young
    // generation. All of that can move into the old one at the next GC, and
    // when it finds no room there V8 ends the process without asking anybody.
    const auto total_limit = static_cast<size_t>(reader_->Totals().limit);
    granted_limit_ = total_limit > limit ? total_limit : limit;
  }
  // A GC within a reading. V8's call tree cannot be read twice at once; half of
  // what is left lets the reading end, and V8 reports again.
  if (is_capturing_ || sampler_->is_reading()) {
    return limit + (granted_limit_ - limit) / 2;
  }
  is_capturing_ = true;
  Capture(noticed_ms);
  is_capturing_ = false;
  (*heap_)[core::HeapField::kNearLimitCount] += 1;
  isolate_->AutomaticallyRestoreInitialHeapLimit(kRestoreShare);
  Unwatch();
  return granted_limit_;
}

void NearHeapLimit::Capture(double noticed_ms) {
  core::LastCapture capture = Describe();
  capture.took_us = (core::MonotonicMs() - noticed_ms) * 1000;
  WriteEvidence(path_, core::ToJson(capture));
}

core::LastCapture NearHeapLimit::Describe() const {
  const HeapTotals totals = reader_->Totals();
  core::LastCapture capture = {
      .identity = identity_,
      .timestamp_ms = WallClockMs(),
      .heap = {{"used", totals.used},
               {"total", totals.total},
               {"limit", totals.limit},
               {"external", totals.external},
               {"malloced", totals.malloced},
               {"rss", reader_->resident_set().Read(core::MonotonicMs())}}};
  for (const HeapSpaces::Space& space : reader_->spaces().List()) {
    capture.spaces.emplace_back(space.name, space.used);
  }
  capture.stacks = sampler_->ReadApart(kStackLimit);
  return capture;
}

}  // namespace heaptide::engine
