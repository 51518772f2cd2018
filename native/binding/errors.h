#pragma once

#include <napi.h>

#include <string>

namespace heaptide::binding {

// Both leave a JavaScript exception pending and return an empty value, which a
// method returns at once.

// A TypeError with code ERR_INVALID_ARG_TYPE: "Expected `expected` for `name`".
Napi::Value ThrowInvalidArgType(Napi::Env env,
                                const std::string& name,
                                const std::string& expected);

// A RangeError with code ERR_OUT_OF_RANGE.
Napi::Value ThrowOutOfRange(Napi::Env env,
                            const std::string& name,
                            const std::string& expected);

}  // namespace heaptide::binding
