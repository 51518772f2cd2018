#pragma once

#include <optional>

namespace heaptide::engine {

// CPU time taken so far, user and system together, in ms.
struct CpuTimes {
  // All threads of the process, those that have ended included.
  double process;
  // The calling thread.
  double thread;
};

// Nothing where the system does not tell. May run on any thread.
std::optional<CpuTimes> ReadCpuTimes() noexcept;

}  // namespace heaptide::engine
