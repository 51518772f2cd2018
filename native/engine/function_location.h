#pragma once

#include <optional>

#include "../core/frame_table.h"

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

// Key in the global symbol registry under which `LocateFunction` finds its
// argument on the global object of the current context. Node-API and V8 share
// no handle type, and reinterpreting one as the other is not promised to work;
// a property is.
inline constexpr char kFunctionKey[] = "heaptide.function";

struct LocatedFunction {
  int script_id;
  core::FunctionLocation location;
};

// Where the source of that function starts. Bound functions are followed.
// Nothing for a built-in function or when the property holds no function. Call
// it in a handle scope, such as Node-API's own around each method.
std::optional<LocatedFunction> LocateFunction(v8::Isolate* isolate);

}  // namespace heaptide::engine
