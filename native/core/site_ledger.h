#pragma once

#include <cstddef>
#include <vector>

#include "estimate.h"
#include "fields.h"
#include "stack_table.h"

namespace heaptide::core {

// Live memory by stack, of the last reading of the sampler and of the baseline
// of growth. Owns both, as arrays indexed by stack number. Lives with its
// environment, on that thread, and never runs during GC.
class SiteLedger {
 public:
  void BeginReading();
  void Add(StackId stack, const Estimate& live);
  void AddSelf(const Estimate& live);

  // Makes the last reading the baseline.
  void MarkBaseline();

  // Forgets reading and baseline: figures of another sampling session do not
  // compare.
  void Reset();

  // The `limit` stacks with the most live bytes and the `limit` that grew most,
  // each once, by live bytes. Stacks without live samples have no row.
  std::vector<SiteRow> TopRows(size_t limit) const;

  double total_bytes() const { return total_bytes_; }
  double self_bytes() const { return self_bytes_; }

 private:
  double GrowthBytes(StackId stack) const;
  SiteRow Row(StackId stack) const;
  const Estimate& Baseline(StackId stack) const;

  std::vector<Estimate> current_;
  std::vector<Estimate> baseline_;
  double total_bytes_ = 0;
  double self_bytes_ = 0;
};

}  // namespace heaptide::core
