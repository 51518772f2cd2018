#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "frame_table.h"
#include "stack_table.h"

namespace heaptide::core {

// A place in the sampler's call tree.
struct CallSite {
  // Frames from the outside to here, heaptide's own left out.
  StackId stack = StackTable::kEmpty;
  // Whether the innermost frame that has a script is heaptide's.
  bool is_self = false;
};

// The functions and stacks of an environment, under stable numbers. Owns both
// tables; lives on the environment's thread until its end; never runs in GC.
class CallStacks {
 public:
  // Enough for the tree of a large service (10,000 nodes) to change many times
  // over; full tables take about 20 MB.
  static constexpr size_t kMaxFrames = 65'536;
  static constexpr size_t kMaxStacks = 131'072;

  CallStacks() : CallStacks(kMaxFrames, kMaxStacks) {}
  CallStacks(size_t max_frames, size_t max_stacks)
      : frames_(max_frames), stacks_(max_stacks) {}

  FrameTable& frames() { return frames_; }

  // The place where `caller` calls `frame`; nothing stands for a frame that did
  // not fit into the table.
  CallSite Call(const CallSite& caller, std::optional<FrameId> frame);

  // Functions of a stack, innermost first. Empty for an unknown number.
  std::vector<FunctionLocation> Functions(StackId stack) const;

 private:
  FrameTable frames_;
  StackTable stacks_;
};

}  // namespace heaptide::core
