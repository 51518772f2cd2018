#include "allocation_tree.h"

#include <v8-profiler.h>
#include <v8.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../core/estimate.h"
#include "utf8.h"

namespace heaptide::engine {

namespace {

using Allocation = v8::AllocationProfile::Allocation;
using Node = v8::AllocationProfile::Node;

// Number of live samples by tree node and object size.
class SampleCounts {
 public:
  explicit SampleCounts(v8::AllocationProfile* profile) {
    const auto& samples = profile->GetSamples();
    counts_.reserve(samples.size());
    for (const auto& sample : samples) {
      ++counts_[{.node = sample.node_id, .size = sample.size}];
    }
  }

  double Of(const Node& node, size_t size) const {
    const auto found = counts_.find({.node = node.node_id, .size = size});
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  struct Key {
    uint32_t node;
    size_t size;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& key) const {
      return key.size ^ (size_t{key.node} << 20);
    }
  };

  std::unordered_map<Key, uint32_t, Hash> counts_;
};

// Estimates the live objects of a node. V8 reports each size with a count that
// is scaled up to stand for all objects, and rounded, which for large objects
// is far off: so the estimate is made anew from the samples.
class Estimator {
 public:
  Estimator(v8::AllocationProfile* profile, double interval_bytes)
      : interval_bytes_(interval_bytes) {
    if (interval_bytes_ == 0) samples_.emplace(profile);
  }

  core::Estimate LiveOf(const Node& node) {
    core::Estimate live;
    for (const Allocation& allocation : node.allocations) {
      live += samples_ ? FromSamples(node, allocation, *samples_)
                       : FromInterval(allocation);
    }
    return live;
  }

  bool fits_interval() const { return fits_interval_; }

 private:
  core::Estimate FromInterval(const Allocation& allocation) {
    const auto size = static_cast<double>(allocation.size);
    const double probability = core::SamplingProbability(size, interval_bytes_);
    const double samples = core::SamplesBehind(allocation.count, probability);
    // V8 rounds, and for long intervals loses digits of the probability.
    const double tolerance = 1 + 1e-6 * allocation.count;
    if (std::abs(samples / probability - allocation.count) > tolerance) {
      fits_interval_ = false;
    }
    return core::EstimateLive(size, samples, probability);
  }

  // Samples can be fewer than the tree says: building the tree can cause a GC.
  static core::Estimate FromSamples(const Node& node,
                                    const Allocation& allocation,
                                    const SampleCounts& counts) {
    const double samples = counts.Of(node, allocation.size);
    if (samples == 0) return {};
    return core::EstimateLive(static_cast<double>(allocation.size),
                              samples,
                              std::min(1.0, samples / allocation.count));
  }

  const double interval_bytes_;
  // Counted only where no interval is known, from which they follow.
  std::optional<SampleCounts> samples_;
  bool fits_interval_ = true;
};

// V8 says 0 or less for a line or a column that it does not know.
uint32_t KnownOrZero(int position) {
  return position < 0 ? 0 : static_cast<uint32_t>(position);
}

// The number of a node's function. A script's function is found by numbers
// alone; its texts are converted when it is new.
std::optional<core::FrameId> FrameOf(v8::Isolate* isolate,
                                     const Node& node,
                                     core::FrameTable* frames) {
  if (node.script_id == v8::UnboundScript::kNoScriptId) {
    std::string name = ToUtf8(isolate, node.name);
    const auto known = frames->FindScriptless(name);
    return known ? known : frames->AddScriptless(std::move(name));
  }
  const auto known = frames->FindScripted(node.script_id, node.start_position);
  if (known) return known;
  return frames->AddScripted(node.script_id,
                             node.start_position,
                             {.function = ToUtf8(isolate, node.name),
                              .file = ToUtf8(isolate, node.script_name),
                              .line = KnownOrZero(node.line_number),
                              .column = KnownOrZero(node.column_number)});
}

}  // namespace

TreeReading ReadAllocationTree(v8::Isolate* isolate,
                               v8::AllocationProfile* profile,
                               double interval_bytes,
                               core::Sites* sites) {
  struct Visit {
    const Node* node;
    core::CallSite site;
  };
  Estimator estimator(profile, interval_bytes);
  TreeReading reading;
  sites->ledger.BeginReading();
  std::vector<Visit> pending = {{.node = profile->GetRootNode(), .site = {}}};
  while (!pending.empty()) {
    const auto [node, site] = pending.back();
    pending.pop_back();
    ++reading.node_count;
    if (!node->allocations.empty()) {
      const core::Estimate live = estimator.LiveOf(*node);
      if (site.is_self) {
        sites->ledger.AddSelf(live);
      } else {
        sites->ledger.Add(site.stack, live);
      }
    }
    for (const Node* callee : node->children) {
      const auto frame = FrameOf(isolate, *callee, &sites->stacks.frames());
      pending.push_back(
          {.node = callee, .site = sites->stacks.Call(site, frame)});
    }
  }
  reading.fits_interval = estimator.fits_interval();
  return reading;
}

}  // namespace heaptide::engine
