#include "../../../native/core/site_ledger.h"

#include "check.h"

namespace heaptide::test {

using core::Estimate;
using core::SiteColumn;
using core::SiteLedger;
using core::SiteRow;
using core::StackId;

namespace {

Estimate Live(double bytes) {
  return {.bytes = bytes, .count = 2, .variance = 3, .samples = 1};
}

std::vector<double> Column(const std::vector<SiteRow>& rows,
                           SiteColumn column) {
  std::vector<double> values;
  for (const SiteRow& row : rows) values.push_back(row[column]);
  return values;
}

}  // namespace

void TestSiteLedger() {
  Test("rows come by live bytes, largest first", [] {
    SiteLedger ledger;
    ledger.Add(5, Live(10));
    ledger.Add(2, Live(30));
    ledger.Add(9, Live(20));

    const auto rows = ledger.TopRows(10);

    Check(Column(rows, SiteColumn::kStack) == std::vector<double>({2, 9, 5}));
  });

  Test("readings of one stack are added up", [] {
    SiteLedger ledger;
    ledger.Add(5, Live(10));
    ledger.Add(5, Live(20));

    const auto rows = ledger.TopRows(10);

    Check(rows.size() == 1);
    Check(rows.front()[SiteColumn::kLiveBytes] == 30);
    Check(rows.front()[SiteColumn::kLiveCount] == 4);
    Check(rows.front()[SiteColumn::kVariance] == 6);
    Check(rows.front()[SiteColumn::kSamples] == 2);
  });

  Test("a small site that grew is listed beside the largest", [] {
    SiteLedger ledger;
    ledger.Add(1, Live(1000));
    ledger.Add(2, Live(900));
    ledger.Add(3, Live(10));
    ledger.MarkBaseline();
    ledger.BeginReading();
    ledger.Add(1, Live(1000));
    ledger.Add(2, Live(900));
    ledger.Add(3, Live(50));

    const auto rows = ledger.TopRows(1);

    Check(Column(rows, SiteColumn::kStack) == std::vector<double>({1, 3}));
    Check(Column(rows, SiteColumn::kGrowthBytes) ==
          std::vector<double>({0, 40}));
  });

  Test("a site that is first on both counts is listed once", [] {
    SiteLedger ledger;
    ledger.MarkBaseline();
    ledger.Add(1, Live(1000));
    ledger.Add(2, Live(10));

    const auto rows = ledger.TopRows(1);

    Check(Column(rows, SiteColumn::kStack) == std::vector<double>({1}));
  });

  Test("a site that shrank keeps its loss", [] {
    SiteLedger ledger;
    ledger.Add(1, Live(100));
    ledger.MarkBaseline();
    ledger.BeginReading();
    ledger.Add(1, Live(30));

    const auto rows = ledger.TopRows(1);

    Check(rows.front()[SiteColumn::kGrowthBytes] == -70);
    Check(rows.front()[SiteColumn::kGrowthSamples] == 0);
  });

  Test("a site that is gone has no row", [] {
    SiteLedger ledger;
    ledger.Add(1, Live(100));
    ledger.MarkBaseline();
    ledger.BeginReading();

    Check(ledger.TopRows(10).empty());
    Check(ledger.total_bytes() == 0);
  });

  Test("heaptide's own bytes are in the total and in no row", [] {
    SiteLedger ledger;
    ledger.Add(1, Live(100));
    ledger.AddSelf(Live(40));

    Check(ledger.total_bytes() == 140);
    Check(ledger.self_bytes() == 40);
    Check(ledger.TopRows(10).size() == 1);
  });

  Test("a reset forgets the baseline", [] {
    SiteLedger ledger;
    ledger.Add(1, Live(100));
    ledger.MarkBaseline();

    ledger.Reset();
    ledger.Add(1, Live(100));

    const auto rows = ledger.TopRows(1);
    Check(rows.front()[SiteColumn::kGrowthBytes] == 100);
  });

  Test("equal sites come in the order of their numbers", [] {
    SiteLedger ledger;
    for (const StackId stack : {7u, 3u, 5u}) ledger.Add(stack, Live(10));

    const auto rows = ledger.TopRows(2);

    Check(Column(rows, SiteColumn::kStack) == std::vector<double>({3, 5}));
  });
}

}  // namespace heaptide::test
