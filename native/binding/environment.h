#pragma once

#include <napi.h>

#include <memory>

#include "../core/fields.h"
#include "../engine/allocation_sampler.h"
#include "../engine/gc_observer.h"
#include "../engine/heap_reader.h"
#include "../engine/near_heap_limit.h"

namespace heaptide::binding {

// Everything that one environment (the main thread or a worker) has of the
// addon. Owned by Node-API as instance data: created when the addon is loaded,
// destroyed on the same thread when the environment ends, after its JavaScript
// and before its isolate. On the main thread it is not destroyed when the
// process exits early, as by `process.exit()`. Does not run during GC itself,
// though the GC observer in it does.
class Environment {
 public:
  // Creates the instance data of `env`. Returns nullptr after throwing when the
  // binary is built for another major version of Node.js.
  static Environment* Create(Napi::Env env);

  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // The heap array as JavaScript sees it, a Float64Array.
  Napi::Value ShareHeapArray(Napi::Env env) const;

  engine::HeapReader& heap_reader() { return heap_reader_; }
  engine::GcObserver& gc_observer() { return gc_observer_; }
  engine::AllocationSampler& sampler() { return sampler_; }
  engine::NearHeapLimit& near_heap_limit() { return near_heap_limit_; }

 private:
  explicit Environment(v8::Isolate* isolate);

  // Destroyed in reverse order: what V8 calls or holds goes first, what it
  // writes to goes last.
  // Also held by the ArrayBuffer in which JavaScript sees it, which can be
  // collected before this object is gone and can outlive it.
  const std::shared_ptr<core::HeapArray> heap_;
  engine::HeapReader heap_reader_;
  engine::GcObserver gc_observer_;
  engine::AllocationSampler sampler_;
  engine::NearHeapLimit near_heap_limit_;
};

// Whether `env` is that of the process's main thread: its event loop is libuv's
// default one. False where that cannot be told.
bool IsMainThread(Napi::Env env);

// The environment that a method was exported for.
inline Environment& EnvironmentOf(const Napi::CallbackInfo& info) {
  return *static_cast<Environment*>(info.Data());
}

}  // namespace heaptide::binding
