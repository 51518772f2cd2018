#include "gc_ledger.h"

#include <algorithm>

namespace heaptide::core {

namespace {

// Starting to mark and running weak callbacks free no memory by themselves.
bool IsCollection(GcKind kind) {
  return kind == GcKind::kMinor || kind == GcKind::kMajor;
}

}  // namespace

void GcLedger::Begin(GcKind kind, double used, double now_ms) noexcept {
  if (open_brackets_++ == 0) opened_at_ms_ = now_ms;
  if (IsCollection(kind) && open_collections_++ == 0) used_before_ = used;
}

bool GcLedger::End(GcKind kind, double used, double now_ms) noexcept {
  HeapArray& heap = *heap_;
  if (open_brackets_ == 0) return false;
  if (IsCollection(kind)) {
    if (open_collections_ == 0) return false;
    if (--open_collections_ == 0) {
      // A scavenge that promotes into fresh pages can end above its start.
      heap[HeapField::kFreed] += std::max(0.0, used_before_ - used);
    }
  }
  if (--open_brackets_ == 0) {
    heap[HeapField::kPause] += now_ms - opened_at_ms_;
  }
  Count(kind);
  if (kind == GcKind::kMinor) heap[HeapField::kMinorFloor] = used;
  if (kind == GcKind::kMajor) {
    heap[HeapField::kFloor] = used;
    heap[HeapField::kFloorTime] = now_ms;
  }
  return true;
}

void GcLedger::Abandon() noexcept {
  open_brackets_ = 0;
  open_collections_ = 0;
}

void GcLedger::Count(GcKind kind) noexcept {
  HeapArray& heap = *heap_;
  switch (kind) {
    case GcKind::kMinor:
      heap[HeapField::kMinorCount] += 1;
      return;
    case GcKind::kMajor:
      heap[HeapField::kMajorCount] += 1;
      return;
    case GcKind::kIncremental:
      heap[HeapField::kIncrementalCount] += 1;
      return;
    case GcKind::kWeakCallback:
      heap[HeapField::kWeakCallbackCount] += 1;
      return;
  }
}

}  // namespace heaptide::core
