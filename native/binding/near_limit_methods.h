#pragma once

#include <napi.h>

namespace heaptide::binding {

// The methods of `NearHeapLimitWatch` in lib/binding/contract.ts.

// watchNearHeapLimit(thread: string, path: string, identity: string): boolean
Napi::Value WatchNearHeapLimit(const Napi::CallbackInfo& info);

Napi::Value UnwatchNearHeapLimit(const Napi::CallbackInfo& info);

}  // namespace heaptide::binding
