#pragma once

#include "../core/fields.h"
#include "../core/gc_ledger.h"
#include "heap_reader.h"

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

// Keeps the GC fields of the heap array current. Owns the registration of V8's
// GC callbacks, nothing else: `reader` and `heap` outlive it. Lives on the
// isolate's thread; destroyed with the environment, before what it points to,
// while the isolate is alive. V8 holds its address, so it does not move. The
// callbacks run during GC: they read counters and write plain numbers.
class GcObserver {
 public:
  GcObserver(v8::Isolate* isolate, HeapReader* reader, core::HeapArray* heap);
  ~GcObserver();
  GcObserver(const GcObserver&) = delete;
  GcObserver& operator=(const GcObserver&) = delete;

  // Both are idempotent.
  void Install();
  void Uninstall();

  // Called by V8's callbacks only.
  void OnPrologue(core::GcKind kind) noexcept;
  void OnEpilogue(core::GcKind kind) noexcept;

 private:
  void RecordFloor(double now_ms) noexcept;

  v8::Isolate* const isolate_;
  HeapReader* const reader_;
  core::HeapArray* const heap_;
  core::GcLedger ledger_;
  bool is_installed_ = false;
};

}  // namespace heaptide::engine
