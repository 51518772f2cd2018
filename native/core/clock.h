#pragma once

#include <chrono>

namespace heaptide::core {

// Monotonic time in ms, on the clock of `process.hrtime()`.
inline double MonotonicMs() noexcept {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(since_boot).count();
}

// Wall-clock time, since the epoch, minus monotonic time, in ms.
inline double ClockOffsetMs() noexcept {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(since_epoch).count() -
         MonotonicMs();
}

}  // namespace heaptide::core
