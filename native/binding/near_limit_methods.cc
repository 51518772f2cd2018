#include "near_limit_methods.h"

#include <utility>

#include "arguments.h"
#include "environment.h"

namespace heaptide::binding {

Napi::Value WatchNearHeapLimit(const Napi::CallbackInfo& info) {
  auto path = StringArgument(info[0], "path");
  if (!path) return {};
  auto identity = StringArgument(info[1], "identity");
  if (!identity) return {};
  const bool is_watching = EnvironmentOf(info).near_heap_limit().Watch(
      std::move(*path), std::move(*identity));
  return Napi::Boolean::New(info.Env(), is_watching);
}

Napi::Value UnwatchNearHeapLimit(const Napi::CallbackInfo& info) {
  EnvironmentOf(info).near_heap_limit().Unwatch();
  return info.Env().Undefined();
}

}  // namespace heaptide::binding
