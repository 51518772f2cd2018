#pragma once

#include <napi.h>

namespace heaptide::binding {

// Empty when an exception is pending. `napi_get_boolean` would be another
// function to find in Node.js: 64 KB of the tables of its names.
inline Napi::Value NewBoolean(Napi::Env env, bool value) {
  return Napi::Number::New(env, value ? 1 : 0).ToBoolean();
}

}  // namespace heaptide::binding
