#include <napi.h>

#include <string>

#include "binding/boolean.h"
#include "binding/environment.h"
#include "binding/heap_methods.h"
#include "binding/journal_methods.h"
#include "binding/near_limit_methods.h"
#include "binding/site_methods.h"
#include "core/fields.h"

namespace heaptide::binding {

namespace {

using Method = Napi::Value (*)(const Napi::CallbackInfo&);

napi_value CallMethod(Method method, napi_env env, napi_callback_info info) {
  return method(Napi::CallbackInfo(env, info));
}

// node-addon-api's own wrappers would be 5 KB of code for each method.
template <Method kMethod>
napi_value Call(napi_env env, napi_callback_info info) {
  return CallMethod(kMethod, env, info);
}

void Export(Napi::Object exports,
            const char* name,
            napi_callback callback,
            Environment* environment) {
  napi_value function = nullptr;
  const napi_status status = napi_create_function(
      exports.Env(), name, NAPI_AUTO_LENGTH, callback, environment, &function);
  if (status == napi_ok) exports.Set(name, function);
}

template <typename Names>
void ExportNames(Napi::Object exports, const char* name, const Names& names) {
  auto array = Napi::Array::New(exports.Env(), names.size());
  for (uint32_t i = 0; i < names.size(); ++i) {
    array.Set(i, std::string(names[i]));
  }
  exports.Set(name, array);
}

// A step that fails leaves an exception pending, which the loader sees.
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Environment* const environment = Environment::Create(env);
  if (environment == nullptr) return exports;

  exports.Set("isMainThread", NewBoolean(env, IsMainThread(env)));
  ExportNames(exports, "heapFields", core::kHeapFieldNames);
  exports.Set("heap", environment->ShareHeapArray(env));
  Export(exports, "read", Read, environment);
  Export(exports, "startGcObserver", Call<StartGcObserver>, environment);
  Export(exports, "stopGcObserver", Call<StopGcObserver>, environment);
  Export(exports, "requestMajorGc", Call<RequestMajorGc>, environment);
  Export(exports, "heapStatistics", Call<HeapStatistics>, environment);
  Export(exports, "codeSize", Call<CodeSize>, environment);
  Export(exports, "clockOffset", Call<ClockOffset>, environment);
  Export(exports, "cpuTimes", Call<CpuTimes>, environment);

  ExportNames(exports, "siteColumns", core::kSiteColumnNames);
  Export(exports, "startSampler", Call<StartSampler>, environment);
  Export(exports, "stopSampler", Call<StopSampler>, environment);
  Export(exports, "samplerOwner", Call<SamplerOwner>, environment);
  Export(exports, "readSites", Call<ReadSites>, environment);
  Export(exports, "markSiteBaseline", Call<MarkSiteBaseline>, environment);
  Export(exports, "stackFrames", Call<StackFrames>, environment);
  Export(exports, "functionLocation", Call<FunctionLocation>, environment);

  Export(exports, "watchNearHeapLimit", Call<WatchNearHeapLimit>, environment);
  Export(
      exports, "unwatchNearHeapLimit", Call<UnwatchNearHeapLimit>, environment);

  Export(exports, "lockFile", Call<LockFile>, environment);
  Export(exports, "mapFile", Call<MapFile>, environment);
  return exports;
}

NODE_API_MODULE(heaptide, Init)

}  // namespace

}  // namespace heaptide::binding
