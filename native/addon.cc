#include <napi.h>

#include <string>

#include "binding/environment.h"
#include "binding/heap_methods.h"
#include "binding/journal_methods.h"
#include "binding/near_limit_methods.h"
#include "binding/site_methods.h"
#include "core/fields.h"

namespace heaptide::binding {

namespace {

using Method = Napi::Value (*)(const Napi::CallbackInfo&);

template <Method kMethod>
void Export(Napi::Object exports, const char* name, Environment* environment) {
  exports.Set(name,
              Napi::Function::New<kMethod>(exports.Env(), name, environment));
}

void ExportRead(Napi::Object exports, Environment* environment) {
  napi_value read = nullptr;
  const napi_status status = napi_create_function(
      exports.Env(), "read", NAPI_AUTO_LENGTH, Read, environment, &read);
  if (status == napi_ok) exports.Set("read", read);
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

  ExportNames(exports, "heapFields", core::kHeapFieldNames);
  exports.Set("heap", environment->ShareHeapArray(env));
  ExportRead(exports, environment);
  Export<StartGcObserver>(exports, "startGcObserver", environment);
  Export<StopGcObserver>(exports, "stopGcObserver", environment);
  Export<RequestMajorGc>(exports, "requestMajorGc", environment);
  Export<HeapStatistics>(exports, "heapStatistics", environment);
  Export<CodeSize>(exports, "codeSize", environment);

  ExportNames(exports, "siteColumns", core::kSiteColumnNames);
  Export<StartSampler>(exports, "startSampler", environment);
  Export<StopSampler>(exports, "stopSampler", environment);
  Export<SamplerOwner>(exports, "samplerOwner", environment);
  Export<ReadSites>(exports, "readSites", environment);
  Export<MarkSiteBaseline>(exports, "markSiteBaseline", environment);
  Export<StackFrames>(exports, "stackFrames", environment);
  Export<FunctionLocation>(exports, "functionLocation", environment);

  Export<WatchNearHeapLimit>(exports, "watchNearHeapLimit", environment);
  Export<UnwatchNearHeapLimit>(exports, "unwatchNearHeapLimit", environment);

  Export<LockFile>(exports, "lockFile", environment);
  Export<MapFile>(exports, "mapFile", environment);
  return exports;
}

NODE_API_MODULE(heaptide, Init)

}  // namespace

}  // namespace heaptide::binding
