#include "environment.h"

#include <node_version.h>
#include <uv.h>

#include <string>

#include "../engine/isolate.h"
#include "../engine/v8_version.h"
#include "float64_array.h"

namespace heaptide::binding {

namespace {

bool CheckV8Version(Napi::Env env) {
  if (engine::IsBuiltForThisV8()) return true;
  Napi::Error::New(env,
                   "built for Node.js " + std::to_string(NODE_MAJOR_VERSION) +
                       ", but this one has V8 " +
                       std::string(engine::RunningV8Version()))
      .ThrowAsJavaScriptException();
  return false;
}

}  // namespace

bool IsMainThread(Napi::Env env) {
  uv_loop_t* loop = nullptr;
  const napi_status status = napi_get_uv_event_loop(env, &loop);
  return status == napi_ok && loop == uv_default_loop();
}

Environment* Environment::Create(Napi::Env env) {
  if (!CheckV8Version(env)) return nullptr;
  auto* environment = new Environment(engine::CurrentIsolate());
  env.SetInstanceData(environment);
  return environment;
}

Environment::Environment(v8::Isolate* isolate)
    : heap_(std::make_shared<core::HeapArray>()),
      heap_reader_(isolate, heap_.get()),
      gc_observer_(isolate, &heap_reader_, heap_.get()),
      sampler_(isolate),
      near_heap_limit_(isolate, &heap_reader_, &sampler_, heap_.get()) {}

// V8's own memory does not do: `ArrayBuffer.prototype.transfer()` resizes such
// memory and `postMessage()` moves it to another owner, and either can free it
// while GC callbacks still write there. Memory that the environment holds too
// stays where it is, whatever becomes of the ArrayBuffer.
Napi::Value Environment::ShareHeapArray(Napi::Env env) const {
  using Holder = std::shared_ptr<core::HeapArray>;
  auto* holder = new Holder(heap_);
  const auto buffer = Napi::ArrayBuffer::New(
      env,
      heap_->data(),
      core::HeapArray::size() * sizeof(double),
      [](Napi::Env, void*, Holder* held) { delete held; },
      holder);
  if (buffer.IsEmpty()) {
    delete holder;
    return {};
  }
  return NewFloat64Array(env, buffer, core::HeapArray::size());
}

}  // namespace heaptide::binding
