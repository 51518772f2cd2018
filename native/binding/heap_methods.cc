#include "heap_methods.h"

#include <string>

#include "../core/clock.h"
#include "../engine/cpu_time.h"
#include "boolean.h"
#include "environment.h"

namespace heaptide::binding {

napi_value Read(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  const napi_status status =
      napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  if (status == napi_ok) static_cast<Environment*>(data)->heap_reader().Read();
  return nullptr;
}

Napi::Value StartGcObserver(const Napi::CallbackInfo& info) {
  EnvironmentOf(info).gc_observer().Install();
  return info.Env().Undefined();
}

Napi::Value StopGcObserver(const Napi::CallbackInfo& info) {
  EnvironmentOf(info).gc_observer().Uninstall();
  return info.Env().Undefined();
}

Napi::Value RequestMajorGc(const Napi::CallbackInfo& info) {
  const bool is_requested = EnvironmentOf(info).heap_reader().RequestMajorGc();
  return NewBoolean(info.Env(), is_requested);
}

Napi::Value HeapStatistics(const Napi::CallbackInfo& info) {
  engine::HeapReader& reader = EnvironmentOf(info).heap_reader();
  const engine::HeapTotals totals = reader.Totals();
  const double rss = reader.resident_set().ReadRecent(core::MonotonicMs());
  const Napi::Env env = info.Env();
  auto spaces = Napi::Object::New(env);
  for (const auto& space : reader.spaces().List()) {
    spaces.Set(std::string(space.name), space.used);
  }
  auto statistics = Napi::Object::New(env);
  statistics.Set("used", totals.used);
  statistics.Set("total", totals.total);
  statistics.Set("limit", totals.limit);
  statistics.Set("external", totals.external);
  statistics.Set("malloced", totals.malloced);
  statistics.Set("rss", rss);
  statistics.Set("spaces", spaces);
  return statistics;
}

Napi::Value CodeSize(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           EnvironmentOf(info).heap_reader().CodeSize());
}

Napi::Value ClockOffset(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), core::ClockOffsetMs());
}

Napi::Value CpuTimes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto times = engine::ReadCpuTimes();
  if (!times) return env.Null();
  auto result = Napi::Object::New(env);
  result.Set("processMs", times->process);
  result.Set("threadMs", times->thread);
  return result;
}

}  // namespace heaptide::binding
