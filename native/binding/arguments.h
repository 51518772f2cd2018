#pragma once

#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heaptide::binding {

// Inclusive.
struct Range {
  int64_t min;
  int64_t max;
};

// Each of these returns nothing after throwing an error that names the
// argument. TypeScript checks first; these keep a wrong call from harming the
// process.

// A whole number in `range`.
std::optional<int64_t> IntegerArgument(const Napi::Value& value,
                                       const std::string& name,
                                       Range range);

// A property of an object; also empty when its getter throws.
std::optional<Napi::Value> Property(const Napi::Value& object,
                                    const std::string& name);

// A string that is not empty.
std::optional<std::string> StringArgument(const Napi::Value& value,
                                          const std::string& name);

// An array of non-empty strings.
std::optional<std::vector<std::string>> StringsArgument(
    const Napi::Value& value, const std::string& name);

}  // namespace heaptide::binding
