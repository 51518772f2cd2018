#include "site_ledger.h"

#include <algorithm>

namespace heaptide::core {

namespace {

// Leaves the `limit` stacks that come first by `is_before`, in that order.
template <typename IsBefore>
void KeepFirst(std::vector<StackId>* stacks, size_t limit, IsBefore is_before) {
  const size_t kept = std::min(limit, stacks->size());
  const auto end = stacks->begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(stacks->begin(), end, stacks->end(), is_before);
  stacks->resize(kept);
}

}  // namespace

void SiteLedger::BeginReading() {
  current_.clear();
  total_bytes_ = 0;
  self_bytes_ = 0;
}

void SiteLedger::Add(StackId stack, const Estimate& live) {
  if (stack >= current_.size()) current_.resize(stack + 1);
  current_[stack] += live;
  total_bytes_ += live.bytes;
}

void SiteLedger::AddSelf(const Estimate& live) {
  self_bytes_ += live.bytes;
  total_bytes_ += live.bytes;
}

void SiteLedger::MarkBaseline() { baseline_ = current_; }

void SiteLedger::Reset() {
  BeginReading();
  baseline_.clear();
}

std::vector<SiteRow> SiteLedger::TopRows(size_t limit) const {
  std::vector<StackId> by_bytes;
  std::vector<StackId> by_growth;
  for (StackId stack = 0; stack < current_.size(); ++stack) {
    if (current_[stack].samples == 0) continue;
    by_bytes.push_back(stack);
    if (GrowthBytes(stack) > 0) by_growth.push_back(stack);
  }

  // Ties fall to the lower number, so that equal readings give equal rows.
  const auto has_more_bytes = [this](StackId a, StackId b) {
    const double left = current_[a].bytes;
    const double right = current_[b].bytes;
    return left != right ? left > right : a < b;
  };
  const auto grew_more = [this](StackId a, StackId b) {
    const double left = GrowthBytes(a);
    const double right = GrowthBytes(b);
    return left != right ? left > right : a < b;
  };
  KeepFirst(&by_bytes, limit, has_more_bytes);
  KeepFirst(&by_growth, limit, grew_more);

  std::vector<StackId> top = by_bytes;
  top.insert(top.end(), by_growth.begin(), by_growth.end());
  std::sort(top.begin(), top.end(), has_more_bytes);
  top.erase(std::unique(top.begin(), top.end()), top.end());

  std::vector<SiteRow> rows;
  rows.reserve(top.size());
  for (const StackId stack : top) rows.push_back(Row(stack));
  return rows;
}

double SiteLedger::GrowthBytes(StackId stack) const {
  return current_[stack].bytes - Baseline(stack).bytes;
}

SiteRow SiteLedger::Row(StackId stack) const {
  const Estimate& live = current_[stack];
  SiteRow row;
  row[SiteColumn::kStack] = stack;
  row[SiteColumn::kLiveBytes] = live.bytes;
  row[SiteColumn::kLiveCount] = live.count;
  row[SiteColumn::kSamples] = live.samples;
  row[SiteColumn::kVariance] = live.variance;
  row[SiteColumn::kGrowthBytes] = GrowthBytes(stack);
  row[SiteColumn::kGrowthSamples] = live.samples - Baseline(stack).samples;
  return row;
}

const Estimate& SiteLedger::Baseline(StackId stack) const {
  static constexpr Estimate kNothing;
  return stack < baseline_.size() ? baseline_[stack] : kNothing;
}

}  // namespace heaptide::core
