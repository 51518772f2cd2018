#include "../../../native/core/frame_table.h"

#include "check.h"

namespace heaptide::test {

using core::FrameTable;
using core::FunctionLocation;

void TestFrameTable() {
  Test("a function of a script is found by script and position", [] {
    FrameTable frames(10);

    const auto added = frames.AddScripted(
        7, 40, {.function = "f", .file = "/a.js", .line = 3, .column = 5});

    Check(added.has_value());
    Check(frames.FindScripted(7, 40) == added);
    Check(!frames.FindScripted(7, 41));
    Check(!frames.FindScripted(40, 7));
    const FunctionLocation location = frames.Location(*added);
    Check(location.function == "f");
    Check(location.file == "/a.js");
    Check(location.line == 3);
    Check(location.column == 5);
  });

  Test("a built-in function is found by name, and has no file", [] {
    FrameTable frames(10);

    const auto added = frames.AddScriptless("map");

    Check(added.has_value());
    Check(frames.FindScriptless("map") == added);
    Check(!frames.FindScriptless("filter"));
    Check(!frames.IsScripted(*added));
    Check(frames.Location(*added).file.empty());
    Check(frames.Location(*added).line == 0);
  });

  Test("a function without a name is shown as anonymous", [] {
    FrameTable frames(10);

    const auto scripted = frames.AddScripted(1, 0, {.file = "/a.js"});
    const auto built_in = frames.AddScriptless("");

    Check(frames.Location(*scripted).function == "(anonymous)");
    Check(frames.Location(*built_in).function == "(anonymous)");
    Check(frames.FindScriptless("") == built_in);
  });

  Test("scripts under a prefix are heaptide's own", [] {
    FrameTable frames(10);
    frames.SetSelfPrefixes({"/own/", "file:///own/"});

    const auto path = frames.AddScripted(1, 0, {.file = "/own/a.js"});
    const auto url = frames.AddScripted(2, 0, {.file = "file:///own/a.mjs"});
    const auto other = frames.AddScripted(3, 0, {.file = "/owner/a.js"});
    const auto built_in = frames.AddScriptless("/own/");

    Check(frames.IsSelf(*path));
    Check(frames.IsSelf(*url));
    Check(!frames.IsSelf(*other));
    Check(!frames.IsSelf(*built_in));
  });

  Test("a script keeps the first name that was given for it", [] {
    FrameTable frames(10);

    const auto located = frames.FileOf(1, "webpack://a.ts");
    const auto frame = frames.AddScripted(1, 0, {.file = "/dist/a.js"});
    const auto other = frames.AddScripted(2, 0, {.file = "/dist/b.js"});

    Check(located == "webpack://a.ts");
    Check(frames.Location(*frame).file == "webpack://a.ts");
    Check(frames.FileOf(2, "webpack://b.ts") == "/dist/b.js");
    Check(frames.Location(*other).file == "/dist/b.js");
  });

  Test("a full table adds nothing and keeps what it has", [] {
    FrameTable frames(1);
    const auto first = frames.AddScripted(1, 0, {.function = "f"});

    const auto second = frames.AddScripted(2, 0, {.function = "g"});

    Check(!second);
    Check(!frames.FindScripted(2, 0));
    Check(frames.FindScripted(1, 0) == first);
  });

  Test("texts are cut between characters", [] {
    // 255 ASCII characters, then one of two bytes across the limit of 256.
    const std::string name = std::string(255, 'a') + "\xC3\xA9" + "tail";

    const FunctionLocation shown = core::Presented({.function = name});

    Check(shown.function == std::string(255, 'a'));
  });

  Test("a file name of a megabyte is cut", [] {
    const FunctionLocation shown =
        core::Presented({.file = std::string(1 << 20, 'x')});

    Check(shown.file.size() == 4096);
  });
}

}  // namespace heaptide::test
