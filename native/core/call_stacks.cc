#include "call_stacks.h"

namespace heaptide::core {

CallSite CallStacks::Call(const CallSite& caller,
                          std::optional<FrameId> frame) {
  if (!frame) return {.stack = StackTable::kOther, .is_self = caller.is_self};
  const bool is_self =
      frames_.IsScripted(*frame) ? frames_.IsSelf(*frame) : caller.is_self;
  if (frames_.IsSelf(*frame)) return {.stack = caller.stack, .is_self = true};
  return {.stack = stacks_.Push(caller.stack, *frame), .is_self = is_self};
}

std::vector<FunctionLocation> CallStacks::Functions(StackId stack) const {
  if (stack == StackTable::kOther) return {{.function = "(other)"}};
  std::vector<FunctionLocation> functions;
  for (const FrameId frame : stacks_.Frames(stack)) {
    functions.push_back(frames_.Location(frame));
  }
  return functions;
}

}  // namespace heaptide::core
