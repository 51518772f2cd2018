#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../core/fields.h"
#include "../core/live_stack.h"
#include "../core/sites.h"

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

enum class SamplerOwner : uint8_t { kNone, kHeaptide, kForeign };

struct SamplerSettings {
  uint64_t interval_bytes;
  int stack_depth;
  // File names of heaptide's own scripts begin with one of these.
  std::vector<std::string> self_prefixes;
};

struct SiteReading {
  std::vector<core::SiteRow> rows;
  double total_bytes;
  double self_bytes;
  double node_count;
  // Tells sessions apart.
  double session;
  // 0 where it is not known: in a foreign session.
  double interval_bytes;
  double read_ms;
};

// V8's allocation sampler, of which an isolate has one. Owns the sampling
// session if it started it, and what was learned from its readings. Lives on
// the isolate's thread; destroyed with the environment, while the isolate is
// alive: V8 crashes when an isolate ends while it is sampled. Nothing here may
// run during GC, and `Read` can cause one.
//
// Anybody, such as an inspector session, can start the sampler before this
// class does, or stop it at any time. A session of somebody else is read and
// never stopped.
class AllocationSampler {
 public:
  explicit AllocationSampler(v8::Isolate* isolate);
  ~AllocationSampler();
  AllocationSampler(const AllocationSampler&) = delete;
  AllocationSampler& operator=(const AllocationSampler&) = delete;

  // Starts a session, or joins one that runs: its settings stay as they are.
  void Start(SamplerSettings settings);

  // Ends a session of our own; lets go of a foreign one.
  void Stop();

  // As of the last `Start`, `Stop` or `Read`.
  SamplerOwner owner() const { return owner_; }

  // The `limit` largest and the `limit` most grown sites. Nothing when no
  // session runs. A session that an inspector started runs a full GC first.
  std::optional<SiteReading> Read(size_t limit);

  // The `limit` largest stacks, read into tables of its own: nothing that
  // `Read` keeps is touched, so that it may interrupt any other code. Not for
  // use while `is_reading`: V8 prunes its tree under the outer reading.
  std::optional<core::LiveStacks> ReadApart(size_t limit) const;

  // Whether V8's tree is being read, further out on this thread's stack.
  bool is_reading() const { return is_reading_; }

  // Makes the last reading the baseline of growth.
  void MarkBaseline() { sites_.ledger.MarkBaseline(); }

  // Functions of a stack, innermost first. Empty for an unknown number.
  std::vector<core::FunctionLocation> Functions(core::StackId stack) const {
    return sites_.stacks.Functions(stack);
  }

  // The function under `kFunctionKey` in the words that it has in stacks.
  std::optional<core::FunctionLocation> Locate();

 private:
  // Figures of another session do not compare, so they are forgotten.
  void Become(SamplerOwner owner);

  std::optional<SiteReading> ReadTree(size_t limit);

  v8::Isolate* const isolate_;
  SamplerOwner owner_ = SamplerOwner::kNone;
  bool is_reading_ = false;
  // Counts the times that the owner changed, or began anew.
  uint32_t session_ = 0;
  // Of our own session; 0 when there is none.
  double interval_bytes_ = 0;
  std::vector<std::string> self_prefixes_;
  core::Sites sites_;
};

}  // namespace heaptide::engine
