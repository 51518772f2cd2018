#pragma once

#include <functional>
#include <source_location>
#include <string_view>

namespace heaptide::test {

// Runs `body` as one test, whose name is a sentence about the code.
void Test(std::string_view name, const std::function<void()>& body);

// Makes the running test fail, naming the place, unless `holds`.
void Check(bool holds,
           std::source_location place = std::source_location::current());

void TestFields();
void TestGcLedger();
void TestLastCapture();
void TestFrameTable();
void TestStackTable();
void TestCallStacks();
void TestEstimate();
void TestSiteLedger();

}  // namespace heaptide::test
