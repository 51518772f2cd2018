#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "frame_table.h"

namespace heaptide::core {

using StackId = uint32_t;

// Every distinct stack that allocated, as a trie: a stack is its caller's stack
// and one more frame. Lives with its environment, on that thread, and never
// runs during GC. Stacks are not dropped, so that their numbers stay valid;
// `capacity` bounds them, and what does not fit is the stack `kOther`.
class StackTable {
 public:
  // The stack without frames.
  static constexpr StackId kEmpty = 0;
  static constexpr StackId kOther = 1;

  explicit StackTable(size_t capacity);
  StackTable(const StackTable&) = delete;
  StackTable& operator=(const StackTable&) = delete;

  // The stack in which `frame` is called from `caller`.
  StackId Push(StackId caller, FrameId frame);

  // Frames of a stack, innermost first; none for `kEmpty`, `kOther` and a
  // number that does not exist.
  std::vector<FrameId> Frames(StackId stack) const;

 private:
  struct Stack {
    StackId caller;
    FrameId frame;
  };

  const size_t capacity_;
  std::vector<Stack> stacks_;
  std::unordered_map<uint64_t, StackId> by_caller_and_frame_;
};

}  // namespace heaptide::core
