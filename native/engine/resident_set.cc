#include "resident_set.h"

#include <uv.h>

#include <limits>

#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#endif

namespace heaptide::engine {

namespace {

constexpr double kUnknown = -1;

#ifdef __linux__
int OpenStatm() { return open("/proc/self/statm", O_RDONLY | O_CLOEXEC); }

void CloseStatm(int statm) { close(statm); }

// The second of the file's numbers is the resident set, in pages.
double ReadStatm(int statm) noexcept {
  char text[128];
  const ssize_t length = pread(statm, text, sizeof(text), 0);
  if (length <= 0) return kUnknown;
  const char* const end = text + length;
  size_t pages = 0;
  const auto size = std::from_chars(text, end, pages);
  if (size.ec != std::errc() || size.ptr == end) return kUnknown;
  const auto resident = std::from_chars(size.ptr + 1, end, pages);
  if (resident.ec != std::errc()) return kUnknown;
  static const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  return static_cast<double>(pages) * page_bytes;
}
#else
int OpenStatm() { return -1; }
void CloseStatm(int) {}
double ReadStatm(int) noexcept { return kUnknown; }
#endif

double ReadThroughLibuv() noexcept {
  size_t bytes = 0;
  if (uv_resident_set_memory(&bytes) != 0) return kUnknown;
  return static_cast<double>(bytes);
}

}  // namespace

ResidentSet::ResidentSet()
    : statm_(OpenStatm()),
      read_at_ms_(-std::numeric_limits<double>::infinity()) {}

ResidentSet::~ResidentSet() {
  if (statm_ >= 0) CloseStatm(statm_);
}

double ResidentSet::Read(double now_ms) noexcept {
  const double bytes = statm_ >= 0 ? ReadStatm(statm_) : ReadThroughLibuv();
  if (bytes != kUnknown) bytes_ = bytes;
  read_at_ms_ = now_ms;
  return bytes_;
}

}  // namespace heaptide::engine
