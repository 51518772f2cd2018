#include "arguments.h"

#include <utility>

#include "errors.h"

namespace heaptide::binding {

std::optional<int64_t> IntegerArgument(const Napi::Value& value,
                                       const std::string& name,
                                       Range range) {
  if (!value.IsNumber()) {
    ThrowInvalidArgType(value.Env(), name, "an integer");
    return std::nullopt;
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  const bool is_in_range = number >= static_cast<double>(range.min) &&
                           number <= static_cast<double>(range.max);
  const auto integer = is_in_range ? static_cast<int64_t>(number) : 0;
  if (!is_in_range || static_cast<double>(integer) != number) {
    ThrowOutOfRange(value.Env(),
                    name,
                    "an integer from " + std::to_string(range.min) + " to " +
                        std::to_string(range.max));
    return std::nullopt;
  }
  return integer;
}

std::optional<Napi::Value> Property(const Napi::Value& object,
                                    const std::string& name) {
  if (!object.IsObject()) {
    ThrowInvalidArgType(object.Env(), "options", "an object");
    return std::nullopt;
  }
  const Napi::Value value = object.As<Napi::Object>().Get(name);
  if (value.IsEmpty()) return std::nullopt;
  return value;
}

std::optional<std::string> StringArgument(const Napi::Value& value,
                                          const std::string& name) {
  std::string text;
  if (value.IsString()) text = value.As<Napi::String>().Utf8Value();
  if (text.empty()) {
    ThrowInvalidArgType(value.Env(), name, "a non-empty string");
    return std::nullopt;
  }
  return text;
}

std::optional<std::vector<std::string>> StringsArgument(
    const Napi::Value& value, const std::string& name) {
  static constexpr char kExpected[] = "an array of non-empty strings";
  std::vector<std::string> strings;
  if (!value.IsArray()) {
    ThrowInvalidArgType(value.Env(), name, kExpected);
    return std::nullopt;
  }
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value element = array.Get(i);
    if (element.IsEmpty()) return std::nullopt;
    std::string text;
    if (element.IsString()) text = element.As<Napi::String>().Utf8Value();
    if (text.empty()) {
      ThrowInvalidArgType(value.Env(), name, kExpected);
      return std::nullopt;
    }
    strings.push_back(std::move(text));
  }
  return strings;
}

}  // namespace heaptide::binding
