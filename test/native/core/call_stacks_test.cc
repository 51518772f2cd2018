#include "../../../native/core/call_stacks.h"

#include "check.h"

namespace heaptide::test {

using core::CallSite;
using core::CallStacks;
using core::StackTable;

namespace {

// A table with heaptide under /own/, and one function of each sort in it.
struct Program {
  Program() : stacks(100, 100) {
    stacks.frames().SetSelfPrefixes({"/own/"});
    user = stacks.frames().AddScripted(
        1, 0, {.function = "handler", .file = "/app/a.js"});
    own = stacks.frames().AddScripted(
        2, 0, {.function = "wrap", .file = "/own/b.js"});
    built_in = stacks.frames().AddScriptless("push");
  }

  CallStacks stacks;
  std::optional<core::FrameId> user;
  std::optional<core::FrameId> own;
  std::optional<core::FrameId> built_in;
};

}  // namespace

void TestCallStacks() {
  Test("frames of heaptide are left out of a stack", [] {
    Program program;
    CallStacks& stacks = program.stacks;

    const CallSite site =
        stacks.Call(stacks.Call({}, program.own), program.user);

    const auto functions = stacks.Functions(site.stack);
    Check(functions.size() == 1);
    Check(functions.front().function == "handler");
    Check(!site.is_self);
  });

  Test("a stack that ends in heaptide is heaptide's own", [] {
    Program program;
    CallStacks& stacks = program.stacks;

    const CallSite site =
        stacks.Call(stacks.Call({}, program.user), program.own);

    Check(site.is_self);
  });

  Test("a built-in function counts for its caller", [] {
    Program program;
    CallStacks& stacks = program.stacks;
    const CallSite own = stacks.Call({}, program.own);
    const CallSite user = stacks.Call({}, program.user);

    Check(stacks.Call(own, program.built_in).is_self);
    Check(!stacks.Call(user, program.built_in).is_self);
  });

  Test("a frame that did not fit makes the other stack", [] {
    Program program;

    const CallSite site = program.stacks.Call({}, std::nullopt);

    Check(site.stack == StackTable::kOther);
    const auto functions = program.stacks.Functions(site.stack);
    Check(functions.size() == 1);
    Check(functions.front().function == "(other)");
  });

  Test("an unknown stack has no functions", [] {
    Program program;

    Check(program.stacks.Functions(99).empty());
  });
}

}  // namespace heaptide::test
