#pragma once

#include <napi.h>

namespace heaptide::binding {

// The methods of `FileMemory` in lib/core/file-memory.ts. They take descriptors
// that JavaScript opened and closes.

// lockFile(fd: number): boolean
Napi::Value LockFile(const Napi::CallbackInfo& info);

// mapFile(fd: number, size: number): ArrayBuffer | number
Napi::Value MapFile(const Napi::CallbackInfo& info);

}  // namespace heaptide::binding
