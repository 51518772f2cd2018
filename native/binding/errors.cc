#include "errors.h"

namespace heaptide::binding {

namespace {

std::string Message(const std::string& name, const std::string& expected) {
  return "Expected " + expected + " for \"" + name + "\"";
}

// An environment that is being torn down refuses to throw; then there is no
// JavaScript left that could see the exception.
void IgnoreWhenTerminating(napi_status) {}

}  // namespace

Napi::Value ThrowInvalidArgType(Napi::Env env,
                                const std::string& name,
                                const std::string& expected) {
  IgnoreWhenTerminating(napi_throw_type_error(
      env, "ERR_INVALID_ARG_TYPE", Message(name, expected).c_str()));
  return {};
}

Napi::Value ThrowOutOfRange(Napi::Env env,
                            const std::string& name,
                            const std::string& expected) {
  IgnoreWhenTerminating(napi_throw_range_error(
      env, "ERR_OUT_OF_RANGE", Message(name, expected).c_str()));
  return {};
}

}  // namespace heaptide::binding
