#include "function_location.h"

#include <v8.h>

#include <string>

#include "utf8.h"

namespace heaptide::engine {

namespace {

v8::MaybeLocal<v8::Function> ReadFunction(v8::Isolate* isolate) {
  const auto context = isolate->GetCurrentContext();
  const auto name = v8::String::NewFromUtf8Literal(isolate, kFunctionKey);
  const auto key = v8::Symbol::For(isolate, name);
  v8::Local<v8::Value> value;
  if (!context->Global()->Get(context, key).ToLocal(&value)) return {};
  if (!value->IsFunction()) return {};
  return value.As<v8::Function>();
}

v8::Local<v8::Function> Unbound(v8::Local<v8::Function> function) {
  auto target = function->GetBoundFunction();
  while (target->IsFunction()) {
    function = target.As<v8::Function>();
    target = function->GetBoundFunction();
  }
  return function;
}

// The sampler names a function by its own name, else by the inferred one.
std::string SamplerName(v8::Isolate* isolate,
                        v8::Local<v8::Function> function) {
  const std::string name = ToUtf8(isolate, function->GetName());
  return name.empty() ? ToUtf8(isolate, function->GetInferredName()) : name;
}

// V8 counts from 0 and says -1 for unknown.
uint32_t OneBased(int position) {
  return position < 0 ? 0 : static_cast<uint32_t>(position) + 1;
}

}  // namespace

std::optional<LocatedFunction> LocateFunction(v8::Isolate* isolate) {
  v8::Local<v8::Function> function;
  if (!ReadFunction(isolate).ToLocal(&function)) return std::nullopt;
  function = Unbound(function);
  const int script_id = function->ScriptId();
  if (script_id == v8::UnboundScript::kNoScriptId) return std::nullopt;
  return LocatedFunction{
      .script_id = script_id,
      .location = core::Presented({
          .function = SamplerName(isolate, function),
          .file = ToUtf8(isolate, function->GetScriptOrigin().ResourceName()),
          .line = OneBased(function->GetScriptLineNumber()),
          .column = OneBased(function->GetScriptColumnNumber()),
      })};
}

}  // namespace heaptide::engine
