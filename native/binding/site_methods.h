#pragma once

#include <napi.h>

namespace heaptide::binding {

// The methods of `SiteReader` in lib/binding/contract.ts, except that
// `startSampler` takes `selfPrefixes`, beginnings of script names, in the place
// of `selfPath`.

Napi::Value StartSampler(const Napi::CallbackInfo& info);
Napi::Value StopSampler(const Napi::CallbackInfo& info);
Napi::Value SamplerOwner(const Napi::CallbackInfo& info);
Napi::Value ReadSites(const Napi::CallbackInfo& info);
Napi::Value MarkSiteBaseline(const Napi::CallbackInfo& info);
Napi::Value StackFrames(const Napi::CallbackInfo& info);
Napi::Value FunctionLocation(const Napi::CallbackInfo& info);

}  // namespace heaptide::binding
