#include "../../../native/core/last_capture.h"

#include <limits>
#include <string>

#include "check.h"

namespace heaptide::test {

using core::LastCapture;

namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

void TestLastCapture() {
  Test("a last capture is an array of one JSON object", [] {
    const LastCapture capture = {
        .identity = R"("run":"k3f9")",
        .timestamp_ms = 1'790'000'000'000.4,
        .took_us = 812.3,
        .heap = {{"used", 64e6}, {"limit", 67'108'864}},
        .spaces = {{"old_space", 6e7}},
        .stacks = core::LiveStacks{
            .top = {{.live = {.bytes = 5e7, .count = 1000, .variance = 9e12},
                     .functions = {{.function = "remember",
                                    .file = "/srv/a.js",
                                    .line = 3,
                                    .column = 7}}}},
            .total_bytes = 6e7,
            .self_bytes = 100}};

    const std::string json = core::ToJson(capture);

    Check(
        json ==
        "[\n"
        R"({"run":"k3f9","timestamp":1790000000000,"took_us":812,)"
        R"("heap":{"used":64000000,"limit":67108864},)"
        R"("spaces":{"old_space":60000000},)"
        R"("sampled_bytes":60000000,"self_bytes":100,"sites":[)"
        R"({"live_bytes":50000000,"live_count":1000,"variance":9000000000000,)"
        R"("frames":[{"function":"remember","file":"/srv/a.js","line":3,)"
        R"("column":7}]}]})"
        "\n]\n");
  });

  Test("without a sampler there are no sites in it", [] {
    const std::string json = core::ToJson({.identity = R"("run":"a")"});

    Check(!Has(json, "sites"));
    Check(Has(json, R"("heap":{},"spaces":{}})"));
  });

  Test("names with quotes, line breaks and other scripts stay readable", [] {
    const LastCapture capture = {
        .identity = R"("run":"a")",
        .stacks = core::LiveStacks{
            .top = {{.live = {},
                     .functions = {{.function = "say \"hi\"\\\n\x01",
                                    .file = "/srv/\xc3\xa4.js"}}}}}};

    const std::string json = core::ToJson(capture);

    Check(Has(json, R"("function":"say \"hi\"\\\u000a\u0001")"));
    Check(Has(json, "\"file\":\"/srv/\xc3\xa4.js\""));
  });

  Test("figures that are no numbers are 0", [] {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const double all = std::numeric_limits<double>::infinity();

    const std::string json = core::ToJson(
        {.identity = R"("run":"a")", .heap = {{"used", none}, {"rss", all}}});

    Check(Has(json, R"("heap":{"used":0,"rss":0})"));
  });
}

}  // namespace heaptide::test
