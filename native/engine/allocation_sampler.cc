#include "allocation_sampler.h"

#include <v8-profiler.h>
#include <v8.h>

#include <memory>
#include <utility>

#include "../core/clock.h"
#include "allocation_tree.h"
#include "function_location.h"

namespace heaptide::engine {

AllocationSampler::AllocationSampler(v8::Isolate* isolate)
    : isolate_(isolate) {}

AllocationSampler::~AllocationSampler() { Stop(); }

void AllocationSampler::Start(SamplerSettings settings) {
  const bool is_new = isolate_->GetHeapProfiler()->StartSamplingHeapProfiler(
      settings.interval_bytes, settings.stack_depth);
  if (is_new) {
    Become(SamplerOwner::kHeaptide);
    interval_bytes_ = static_cast<double>(settings.interval_bytes);
  } else if (owner_ == SamplerOwner::kNone) {
    Become(SamplerOwner::kForeign);
  }
  self_prefixes_ = std::move(settings.self_prefixes);
  sites_.stacks.frames().SetSelfPrefixes(self_prefixes_);
}

void AllocationSampler::Stop() {
  if (owner_ == SamplerOwner::kHeaptide) {
    isolate_->GetHeapProfiler()->StopSamplingHeapProfiler();
  }
  Become(SamplerOwner::kNone);
}

std::optional<SiteReading> AllocationSampler::Read(size_t limit) {
  if (owner_ == SamplerOwner::kNone) return std::nullopt;
  is_reading_ = true;
  auto reading = ReadTree(limit);
  is_reading_ = false;
  return reading;
}

std::optional<SiteReading> AllocationSampler::ReadTree(size_t limit) {
  const double started_ms = core::MonotonicMs();
  // The profile holds three handles per node.
  const v8::HandleScope scope(isolate_);
  const std::unique_ptr<v8::AllocationProfile> profile(
      isolate_->GetHeapProfiler()->GetAllocationProfile());
  if (profile == nullptr) {
    Become(SamplerOwner::kNone);
    return std::nullopt;
  }
  auto tree =
      ReadAllocationTree(isolate_, profile.get(), interval_bytes_, &sites_);
  if (!tree.fits_interval) {
    // Our session was stopped and another one took its place.
    Become(SamplerOwner::kForeign);
    tree = ReadAllocationTree(isolate_, profile.get(), 0, &sites_);
  }
  return SiteReading{.rows = sites_.ledger.TopRows(limit),
                     .total_bytes = sites_.ledger.total_bytes(),
                     .self_bytes = sites_.ledger.self_bytes(),
                     .node_count = static_cast<double>(tree.node_count),
                     .session = static_cast<double>(session_),
                     .interval_bytes = interval_bytes_,
                     .read_ms = core::MonotonicMs() - started_ms};
}

std::optional<core::LiveStacks> AllocationSampler::ReadApart(
    size_t limit) const {
  if (owner_ == SamplerOwner::kNone) return std::nullopt;
  const v8::HandleScope scope(isolate_);
  const std::unique_ptr<v8::AllocationProfile> profile(
      isolate_->GetHeapProfiler()->GetAllocationProfile());
  if (profile == nullptr) return std::nullopt;
  core::Sites sites;
  sites.stacks.frames().SetSelfPrefixes(self_prefixes_);
  const auto tree =
      ReadAllocationTree(isolate_, profile.get(), interval_bytes_, &sites);
  if (!tree.fits_interval) {
    ReadAllocationTree(isolate_, profile.get(), 0, &sites);
  }
  core::LiveStacks stacks = {.total_bytes = sites.ledger.total_bytes(),
                             .self_bytes = sites.ledger.self_bytes()};
  for (const core::SiteRow& row : sites.ledger.TopRows(limit)) {
    stacks.top.push_back(
        {.live = {.bytes = row[core::SiteColumn::kLiveBytes],
                  .count = row[core::SiteColumn::kLiveCount],
                  .variance = row[core::SiteColumn::kVariance],
                  .samples = row[core::SiteColumn::kSamples]},
         .functions = sites.stacks.Functions(
             static_cast<core::StackId>(row[core::SiteColumn::kStack]))});
  }
  return stacks;
}

std::optional<core::FunctionLocation> AllocationSampler::Locate() {
  auto located = LocateFunction(isolate_);
  if (!located) return std::nullopt;
  core::FunctionLocation& location = located->location;
  location.file = sites_.stacks.frames().FileOf(located->script_id,
                                                std::move(location.file));
  return location;
}

void AllocationSampler::Become(SamplerOwner owner) {
  owner_ = owner;
  ++session_;
  interval_bytes_ = 0;
  sites_.ledger.Reset();
}

}  // namespace heaptide::engine
