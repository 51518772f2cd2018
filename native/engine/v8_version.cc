#include "v8_version.h"

#include <v8.h>

#include <string>

namespace heaptide::engine {

bool IsBuiltForThisV8() {
  const std::string built = std::to_string(V8_MAJOR_VERSION) + "." +
                            std::to_string(V8_MINOR_VERSION) + ".";
  return RunningV8Version().starts_with(built);
}

std::string_view RunningV8Version() { return v8::V8::GetVersion(); }

}  // namespace heaptide::engine
