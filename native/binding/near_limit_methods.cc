#include "near_limit_methods.h"

#include <utility>

#include "arguments.h"
#include "boolean.h"
#include "environment.h"

namespace heaptide::binding {

Napi::Value WatchNearHeapLimit(const Napi::CallbackInfo& info) {
  const auto thread = StringArgument(info[0], "thread");
  if (!thread) return {};
  auto path = StringArgument(info[1], "path");
  if (!path) return {};
  auto identity = StringArgument(info[2], "identity");
  if (!identity) return {};
  const bool is_watching = EnvironmentOf(info).near_heap_limit().Watch(
      *thread == "worker" ? engine::Thread::kWorker : engine::Thread::kMain,
      std::move(*path),
      std::move(*identity));
  return NewBoolean(info.Env(), is_watching);
}

Napi::Value UnwatchNearHeapLimit(const Napi::CallbackInfo& info) {
  EnvironmentOf(info).near_heap_limit().Unwatch();
  return info.Env().Undefined();
}

}  // namespace heaptide::binding
