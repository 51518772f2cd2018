#pragma once

#include <napi.h>

#include <cstddef>

namespace heaptide::binding {

// A Float64Array of all of `buffer`, which holds `length` numbers. Empty when
// an exception is pending. node-addon-api's own would look up one more function
// of Node.js, which takes 0.1 MB of the tables of its names.
inline Napi::Value NewFloat64Array(Napi::Env env,
                                   napi_value buffer,
                                   size_t length) {
  napi_value array = nullptr;
  const napi_status status = napi_create_typedarray(
      env, napi_float64_array, length, buffer, 0, &array);
  return status == napi_ok ? Napi::Value(env, array) : Napi::Value();
}

}  // namespace heaptide::binding
