#include "stack_table.h"

namespace heaptide::core {

StackTable::StackTable(size_t capacity)
    : capacity_(capacity), stacks_(kOther + 1) {}

StackId StackTable::Push(StackId caller, FrameId frame) {
  if (caller == kOther) return kOther;
  const uint64_t key = uint64_t{caller} << 32 | frame;
  const auto found = by_caller_and_frame_.find(key);
  if (found != by_caller_and_frame_.end()) return found->second;
  if (stacks_.size() >= capacity_) return kOther;
  const auto stack = static_cast<StackId>(stacks_.size());
  stacks_.push_back({.caller = caller, .frame = frame});
  by_caller_and_frame_.emplace(key, stack);
  return stack;
}

std::vector<FrameId> StackTable::Frames(StackId stack) const {
  std::vector<FrameId> frames;
  if (stack >= stacks_.size()) return frames;
  for (; stack > kOther; stack = stacks_[stack].caller) {
    frames.push_back(stacks_[stack].frame);
  }
  return frames;
}

}  // namespace heaptide::core
