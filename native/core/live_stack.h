#pragma once

#include <vector>

#include "estimate.h"
#include "frame_table.h"

namespace heaptide::core {

// What is alive of one stack's allocations, with the stack in words.
struct LiveStack {
  Estimate live;
  // Innermost first.
  std::vector<FunctionLocation> functions = {};
};

// All that the sampler knows at one moment, independent of any table.
struct LiveStacks {
  // The largest, by bytes.
  std::vector<LiveStack> top = {};
  // Over all stacks, and over those of heaptide itself.
  double total_bytes = 0;
  double self_bytes = 0;
};

}  // namespace heaptide::core
