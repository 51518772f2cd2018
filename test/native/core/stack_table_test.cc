#include "../../../native/core/stack_table.h"

#include "check.h"

namespace heaptide::test {

using core::FrameId;
using core::StackId;
using core::StackTable;

void TestStackTable() {
  Test("frames of a stack come innermost first", [] {
    StackTable stacks(10);

    const StackId outer = stacks.Push(StackTable::kEmpty, 4);
    const StackId inner = stacks.Push(outer, 9);

    Check(stacks.Frames(inner) == std::vector<FrameId>({9, 4}));
    Check(stacks.Frames(outer) == std::vector<FrameId>({4}));
  });

  Test("the same frames give the same number", [] {
    StackTable stacks(10);
    const StackId first = stacks.Push(stacks.Push(StackTable::kEmpty, 1), 2);

    const StackId again = stacks.Push(stacks.Push(StackTable::kEmpty, 1), 2);
    const StackId swapped = stacks.Push(stacks.Push(StackTable::kEmpty, 2), 1);

    Check(again == first);
    Check(swapped != first);
  });

  Test("what does not fit is the other stack, with all it calls", [] {
    StackTable stacks(3);
    const StackId fitting = stacks.Push(StackTable::kEmpty, 1);

    const StackId excess = stacks.Push(StackTable::kEmpty, 2);
    const StackId callee = stacks.Push(excess, 1);

    Check(fitting > StackTable::kOther);
    Check(excess == StackTable::kOther);
    Check(callee == StackTable::kOther);
    Check(stacks.Push(StackTable::kEmpty, 1) == fitting);
  });

  Test("an unknown number has no frames", [] {
    const StackTable stacks(10);

    Check(stacks.Frames(StackTable::kEmpty).empty());
    Check(stacks.Frames(2).empty());
    Check(stacks.Frames(UINT32_MAX).empty());
  });
}

}  // namespace heaptide::test
