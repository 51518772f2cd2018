#pragma once

namespace heaptide::engine {

// The process's resident set size. Reading it takes 2-3 us through a kept
// descriptor of /proc/self/statm and about 10 us elsewhere, so readings are
// reused for a while.
//
// Owns the descriptor. Lives on the environment's thread; destroyed with the
// environment. May run during GC: it calls the kernel and nothing else.
class ResidentSet {
 public:
  // Age at which a reading is renewed, in ms: ten readings a second cost 30 us.
  static constexpr double kMaxAgeMs = 100;

  ResidentSet();
  ~ResidentSet();
  ResidentSet(const ResidentSet&) = delete;
  ResidentSet& operator=(const ResidentSet&) = delete;

  // Bytes, at most `kMaxAgeMs` old at `now_ms`.
  double ReadRecent(double now_ms) noexcept {
    return now_ms - read_at_ms_ < kMaxAgeMs ? bytes_ : Read(now_ms);
  }

  // Bytes as of now; the last reading when the system gives none.
  double Read(double now_ms) noexcept;

 private:
  // -1 where there is no such file: then libuv reads it in its own way.
  int statm_ = -1;
  double bytes_ = 0;
  double read_at_ms_;
};

}  // namespace heaptide::engine
