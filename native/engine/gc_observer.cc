#include "gc_observer.h"

#include <v8.h>

#include <optional>

#include "../core/clock.h"
#include "compat.h"

namespace heaptide::engine {

namespace {

// Nothing for a kind that a later V8 may add.
std::optional<core::GcKind> KindOf(v8::GCType type) {
  switch (static_cast<int>(type)) {
    case v8::kGCTypeScavenge:
    case kGCTypeOtherMinor:
      return core::GcKind::kMinor;
    case v8::kGCTypeMarkSweepCompact:
      return core::GcKind::kMajor;
    case v8::kGCTypeIncrementalMarking:
      return core::GcKind::kIncremental;
    case v8::kGCTypeProcessWeakCallbacks:
      return core::GcKind::kWeakCallback;
    default:
      return std::nullopt;
  }
}

void BeforeGc(v8::Isolate*,
              v8::GCType type,
              v8::GCCallbackFlags,
              void* observer) noexcept {
  const auto kind = KindOf(type);
  if (kind) static_cast<GcObserver*>(observer)->OnPrologue(*kind);
}

void AfterGc(v8::Isolate*,
             v8::GCType type,
             v8::GCCallbackFlags,
             void* observer) noexcept {
  const auto kind = KindOf(type);
  if (kind) static_cast<GcObserver*>(observer)->OnEpilogue(*kind);
}

}  // namespace

GcObserver::GcObserver(v8::Isolate* isolate,
                       HeapReader* reader,
                       core::HeapArray* heap)
    : isolate_(isolate), reader_(reader), heap_(heap), ledger_(heap) {}

GcObserver::~GcObserver() { Uninstall(); }

void GcObserver::Install() {
  if (is_installed_) return;
  reader_->spaces().ReadAll();
  isolate_->AddGCPrologueCallback(BeforeGc, this);
  isolate_->AddGCEpilogueCallback(AfterGc, this);
  is_installed_ = true;
}

void GcObserver::Uninstall() {
  if (!is_installed_) return;
  isolate_->RemoveGCPrologueCallback(BeforeGc, this);
  isolate_->RemoveGCEpilogueCallback(AfterGc, this);
  ledger_.Abandon();
  is_installed_ = false;
}

void GcObserver::OnPrologue(core::GcKind kind) noexcept {
  const double now_ms = core::MonotonicMs();
  ledger_.Begin(kind, reader_->spaces().ReadAll(), now_ms);
}

void GcObserver::OnEpilogue(core::GcKind kind) noexcept {
  const double used = reader_->spaces().ReadAll();
  const double now_ms = core::MonotonicMs();
  const bool is_counted = ledger_.End(kind, used, now_ms);
  if (is_counted && kind == core::GcKind::kMajor) RecordFloor(now_ms);
}

void GcObserver::RecordFloor(double now_ms) noexcept {
  using core::HeapField;
  core::HeapArray& heap = *heap_;
  const HeapTotals totals = reader_->Totals();
  heap[HeapField::kFloorCode] = reader_->spaces().code();
  const double external = reader_->External();
  heap[HeapField::kFloorExternal] = external;
  heap[HeapField::kExternalLow] = external;
  heap[HeapField::kFloorMalloced] = totals.malloced;
  heap[HeapField::kFloorTotal] = totals.total;
  heap[HeapField::kFloorRss] = reader_->resident_set().Read(now_ms);
}

}  // namespace heaptide::engine
