#pragma once

#include <napi.h>

namespace heaptide::binding {

// The methods of `HeapReader` in lib/binding/contract.ts.

// A plain Node-API callback: the wrapper that the other methods have costs as
// much as the reading itself.
napi_value Read(napi_env env, napi_callback_info info);

Napi::Value StartGcObserver(const Napi::CallbackInfo& info);
Napi::Value StopGcObserver(const Napi::CallbackInfo& info);
Napi::Value RequestMajorGc(const Napi::CallbackInfo& info);
Napi::Value HeapStatistics(const Napi::CallbackInfo& info);
Napi::Value CodeSize(const Napi::CallbackInfo& info);
Napi::Value ClockOffset(const Napi::CallbackInfo& info);
Napi::Value CpuTimes(const Napi::CallbackInfo& info);

}  // namespace heaptide::binding
