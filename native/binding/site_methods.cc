#include "site_methods.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "../engine/function_location.h"
#include "arguments.h"
#include "environment.h"
#include "errors.h"
#include "float64_array.h"

namespace heaptide::binding {

namespace {

// V8 draws random intervals with this mean and cuts them at 2 GiB; a larger
// mean would make estimates too small.
constexpr Range kIntervalBytes = {.min = 1, .max = int64_t{1} << 30};
// Deeper stacks make each sample slow.
constexpr Range kStackDepth = {.min = 1, .max = 1024};
// Bounds the memory of one reading: 7 numbers a row, at most two rows each.
constexpr Range kRowLimit = {.min = 1, .max = 10'000};

std::optional<engine::SamplerSettings> SettingsArgument(
    const Napi::Value& options) {
  const auto interval = Property(options, "intervalBytes");
  if (!interval) return std::nullopt;
  const auto interval_bytes =
      IntegerArgument(*interval, "intervalBytes", kIntervalBytes);
  if (!interval_bytes) return std::nullopt;

  const auto depth = Property(options, "stackDepth");
  if (!depth) return std::nullopt;
  const auto stack_depth = IntegerArgument(*depth, "stackDepth", kStackDepth);
  if (!stack_depth) return std::nullopt;

  const auto prefixes = Property(options, "selfPrefixes");
  if (!prefixes) return std::nullopt;
  auto self_prefixes = StringsArgument(*prefixes, "selfPrefixes");
  if (!self_prefixes) return std::nullopt;

  return engine::SamplerSettings{
      .interval_bytes = static_cast<uint64_t>(*interval_bytes),
      .stack_depth = static_cast<int>(*stack_depth),
      .self_prefixes = std::move(*self_prefixes)};
}

Napi::Value OwnerName(Napi::Env env, engine::SamplerOwner owner) {
  switch (owner) {
    case engine::SamplerOwner::kNone:
      return Napi::String::New(env, "none");
    case engine::SamplerOwner::kHeaptide:
      return Napi::String::New(env, "heaptide");
    case engine::SamplerOwner::kForeign:
      return Napi::String::New(env, "foreign");
  }
  return env.Undefined();
}

Napi::Value RowsArray(Napi::Env env, const std::vector<core::SiteRow>& rows) {
  const size_t length = rows.size() * core::SiteRow::size();
  void* data = nullptr;
  napi_value buffer = nullptr;
  const napi_status status =
      napi_create_arraybuffer(env, length * sizeof(double), &data, &buffer);
  if (status != napi_ok) return {};
  auto* next = static_cast<double*>(data);
  for (const core::SiteRow& row : rows) {
    next = std::copy_n(row.data(), core::SiteRow::size(), next);
  }
  return NewFloat64Array(env, buffer, length);
}

// Appends `[function, file, line, column]`.
void Append(Napi::Array array, const core::FunctionLocation& location) {
  uint32_t next = array.Length();
  array.Set(next++, location.function);
  array.Set(next++, location.file);
  array.Set(next++, static_cast<double>(location.line));
  array.Set(next++, static_cast<double>(location.column));
}

// Keeps a value under a registered symbol on the global object while it lives.
// Without effect where a program has frozen the global object.
class GlobalProperty {
 public:
  GlobalProperty(Napi::Env env, const char* key, Napi::Value value)
      : global_(env.Global()), key_(Napi::Symbol::For(env, key)) {
    if (!key_.IsEmpty()) global_.Set(key_, value);
  }
  ~GlobalProperty() {
    if (!key_.IsEmpty()) global_.Delete(key_);
  }
  GlobalProperty(const GlobalProperty&) = delete;
  GlobalProperty& operator=(const GlobalProperty&) = delete;

 private:
  Napi::Object global_;
  const Napi::Symbol key_;
};

}  // namespace

Napi::Value StartSampler(const Napi::CallbackInfo& info) {
  auto settings = SettingsArgument(info[0]);
  if (!settings) return {};
  engine::AllocationSampler& sampler = EnvironmentOf(info).sampler();
  sampler.Start(std::move(*settings));
  return OwnerName(info.Env(), sampler.owner());
}

Napi::Value StopSampler(const Napi::CallbackInfo& info) {
  EnvironmentOf(info).sampler().Stop();
  return info.Env().Undefined();
}

Napi::Value SamplerOwner(const Napi::CallbackInfo& info) {
  return OwnerName(info.Env(), EnvironmentOf(info).sampler().owner());
}

Napi::Value ReadSites(const Napi::CallbackInfo& info) {
  const auto limit = IntegerArgument(info[0], "limit", kRowLimit);
  if (!limit) return {};
  const Napi::Env env = info.Env();
  const auto reading =
      EnvironmentOf(info).sampler().Read(static_cast<size_t>(*limit));
  if (!reading) return env.Null();
  auto result = Napi::Object::New(env);
  result.Set("rows", RowsArray(env, reading->rows));
  result.Set("totalBytes", reading->total_bytes);
  result.Set("selfBytes", reading->self_bytes);
  result.Set("nodeCount", reading->node_count);
  result.Set("session", reading->session);
  result.Set("intervalBytes", reading->interval_bytes);
  result.Set("readMs", reading->read_ms);
  return result;
}

Napi::Value MarkSiteBaseline(const Napi::CallbackInfo& info) {
  EnvironmentOf(info).sampler().MarkBaseline();
  return info.Env().Undefined();
}

Napi::Value StackFrames(const Napi::CallbackInfo& info) {
  const auto stack = IntegerArgument(info[0], "stack", {0, UINT32_MAX});
  if (!stack) return {};
  auto frames = Napi::Array::New(info.Env());
  const auto functions = EnvironmentOf(info).sampler().Functions(
      static_cast<core::StackId>(*stack));
  for (const auto& function : functions) Append(frames, function);
  return frames;
}

Napi::Value FunctionLocation(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsFunction()) {
    return ThrowInvalidArgType(env, "fn", "a function");
  }
  auto frame = Napi::Array::New(env);
  const GlobalProperty property(env, engine::kFunctionKey, info[0]);
  const auto location = EnvironmentOf(info).sampler().Locate();
  if (location) Append(frame, *location);
  return frame;
}

}  // namespace heaptide::binding
