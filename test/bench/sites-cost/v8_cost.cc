// What of a reading of allocation sites is V8's own: building its profile.
#include <node_api.h>
#include <v8-profiler.h>
#include <v8.h>

#include <chrono>
#include <memory>

namespace {

// Builds the allocation profile and drops it. Returns the ms that it took.
double BuildProfileMs() {
  v8::Isolate* const isolate = v8::Isolate::GetCurrent();
  const v8::HandleScope scope(isolate);
  const auto started = std::chrono::steady_clock::now();
  std::unique_ptr<v8::AllocationProfile>(
      isolate->GetHeapProfiler()->GetAllocationProfile())
      .reset();
  const auto passed = std::chrono::steady_clock::now() - started;
  return std::chrono::duration<double, std::milli>(passed).count();
}

napi_value AllocationProfileMs(napi_env env, napi_callback_info) {
  napi_value result = nullptr;
  napi_create_double(env, BuildProfileMs(), &result);
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function = nullptr;
  if (napi_create_function(env,
                           "allocationProfileMs",
                           NAPI_AUTO_LENGTH,
                           AllocationProfileMs,
                           nullptr,
                           &function) == napi_ok) {
    napi_set_named_property(env, exports, "allocationProfileMs", function);
  }
  return exports;
}
