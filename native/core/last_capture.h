#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live_stack.h"

namespace heaptide::core {

// What an isolate leaves behind when its heap runs out. Bytes, unless a name
// says otherwise.
struct LastCapture {
  // Members of a JSON object, without its braces, that tell the run.
  std::string identity = {};
  // Wall clock, ms since the epoch.
  double timestamp_ms = 0;
  // Time from V8's notice to here.
  double took_us = 0;
  // Figures of the heap and used bytes of its spaces, by name.
  std::vector<std::pair<std::string, double>> heap = {};
  std::vector<std::pair<std::string, double>> spaces = {};
  // Nothing when no sampler runs.
  std::optional<LiveStacks> stacks = {};
};

// A JSON array of one object, on a line of its own. docs/formats.md describes
// it.
std::string ToJson(const LastCapture& capture);

}  // namespace heaptide::core
