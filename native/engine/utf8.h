#pragma once

#include <v8.h>

#include <string>

namespace heaptide::engine {

// A copy of a V8 string; empty for a value that is not a string.
inline std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value.IsEmpty() || !value->IsString()) return {};
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? std::string() : std::string(*text, text.length());
}

}  // namespace heaptide::engine
