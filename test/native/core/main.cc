#include <cstdio>
#include <string_view>

#include "check.h"

namespace heaptide::test {

namespace {

// The program is one thread that runs one test at a time.
int passed = 0;
int failed = 0;
bool is_passing = true;

}  // namespace

void Test(std::string_view name, const std::function<void()>& body) {
  is_passing = true;
  body();
  ++(is_passing ? passed : failed);
  if (!is_passing) {
    std::printf("failed: %.*s\n", static_cast<int>(name.size()), name.data());
  }
}

void Check(bool holds, std::source_location place) {
  if (holds) return;
  is_passing = false;
  std::printf("%s:%u\n", place.file_name(), place.line());
}

int Summarize() {
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace heaptide::test

int main() {
  heaptide::test::TestFields();
  heaptide::test::TestGcLedger();
  heaptide::test::TestLastCapture();
  heaptide::test::TestFrameTable();
  heaptide::test::TestStackTable();
  heaptide::test::TestCallStacks();
  heaptide::test::TestEstimate();
  heaptide::test::TestSiteLedger();
  return heaptide::test::Summarize();
}
