#pragma once

#include <string_view>

namespace heaptide::engine {

// V8's classes have another layout in each version. A binary for another one
// loads without complaint, and V8 then writes beyond the objects that it is
// handed. Safe to ask in any version.
bool IsBuiltForThisV8();

std::string_view RunningV8Version();

}  // namespace heaptide::engine
