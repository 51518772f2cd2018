#include "cpu_time.h"

#ifdef _WIN32
#include <windows.h>

#include <cstdint>
#else
#include <ctime>
#endif

namespace heaptide::engine {

namespace {

#ifdef _WIN32
using GetTimes =
    BOOL(WINAPI*)(HANDLE, LPFILETIME, LPFILETIME, LPFILETIME, LPFILETIME);

// The unit of a FILETIME is 100 ns.
double ToMs(const FILETIME& time) noexcept {
  const uint64_t high = time.dwHighDateTime;
  return static_cast<double>(high << 32 | time.dwLowDateTime) / 1e4;
}

std::optional<double> ReadTimes(GetTimes get, HANDLE owner) noexcept {
  FILETIME created, exited, kernel, user;
  if (!get(owner, &created, &exited, &kernel, &user)) return std::nullopt;
  return ToMs(kernel) + ToMs(user);
}

std::optional<double> ReadProcess() noexcept {
  return ReadTimes(GetProcessTimes, GetCurrentProcess());
}

std::optional<double> ReadThread() noexcept {
  return ReadTimes(GetThreadTimes, GetCurrentThread());
}
#else
std::optional<double> ReadClock(clockid_t clock) noexcept {
  timespec time;
  if (clock_gettime(clock, &time) != 0) return std::nullopt;
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_nsec) / 1e6;
}

std::optional<double> ReadProcess() noexcept {
  return ReadClock(CLOCK_PROCESS_CPUTIME_ID);
}

std::optional<double> ReadThread() noexcept {
  return ReadClock(CLOCK_THREAD_CPUTIME_ID);
}
#endif

}  // namespace

std::optional<CpuTimes> ReadCpuTimes() noexcept {
  // The thread first: the process has taken at least as much by then.
  const auto thread = ReadThread();
  const auto process = ReadProcess();
  if (!thread || !process) return std::nullopt;
  return CpuTimes{.process = *process, .thread = *thread};
}

}  // namespace heaptide::engine
