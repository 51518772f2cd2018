#include "heap_reader.h"

#include <v8.h>

#include <algorithm>

#include "../core/clock.h"
#include "compat.h"

namespace heaptide::engine {

namespace {

// V8 begins to mark concurrently once external memory exceeds its value after
// the last mark-compact, or a later low, by 64 MiB. This is a little more, so
// that it suffices wherever external memory stands.
constexpr int64_t kNudgeBytes = int64_t{66} << 20;

// V8 stops the world instead when external memory exceeds half of the old
// generation's limit. This share of that limit stays clear of the half.
constexpr double kMaxExternalShare = 3.0 / 8;

}  // namespace

HeapReader::HeapReader(v8::Isolate* isolate, core::HeapArray* heap)
    : isolate_(isolate), heap_(heap), spaces_(isolate) {}

void HeapReader::Read() noexcept {
  using core::HeapField;
  core::HeapArray& heap = *heap_;
  const double now_ms = core::MonotonicMs();
  heap[HeapField::kTime] = now_ms;
  heap[HeapField::kUsed] = spaces_.ReadUsed();
  const double external = External();
  heap[HeapField::kExternal] = external;
  heap[HeapField::kExternalLow] =
      std::min(heap[HeapField::kExternalLow], external);
  heap[HeapField::kRss] = resident_set_.ReadRecent(now_ms);
}

double HeapReader::External() const noexcept {
  return static_cast<double>(AdjustExternalMemory(isolate_, 0));
}

HeapTotals HeapReader::Totals() const noexcept {
  v8::HeapStatistics statistics;
  isolate_->GetHeapStatistics(&statistics);
  return {.used = static_cast<double>(statistics.used_heap_size()),
          .total = static_cast<double>(statistics.total_heap_size()),
          .limit = static_cast<double>(statistics.heap_size_limit()),
          .external = static_cast<double>(statistics.external_memory()),
          .malloced = static_cast<double>(statistics.malloced_memory())};
}

double HeapReader::CodeSize() const {
  v8::HeapCodeStatistics code;
  if (!isolate_->GetHeapCodeAndMetadataStatistics(&code)) return 0;
  return static_cast<double>(code.code_and_metadata_size() +
                             code.bytecode_and_metadata_size());
}

bool HeapReader::RequestMajorGc() {
  const double old_generation_limit = Totals().limit - kYoungGenerationBytes;
  const double peak = External() + static_cast<double>(kNudgeBytes);
  if (peak > old_generation_limit * kMaxExternalShare) return false;
  AdjustExternalMemory(isolate_, kNudgeBytes);
  AdjustExternalMemory(isolate_, -kNudgeBytes);
  return true;
}

}  // namespace heaptide::engine
