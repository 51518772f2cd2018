#include "evidence_file.h"

#include <cerrno>
#include <cstdio>

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

namespace heaptide::engine {

namespace {

#ifdef _WIN32

bool WriteNew(const std::string& path, std::string_view text) noexcept {
  std::FILE* const file = std::fopen(path.c_str(), "wbx");
  if (file == nullptr) return false;
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && is_written;
}

#else

bool WriteAll(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool WriteNew(const std::string& path, std::string_view text) noexcept {
  // Exclusive, which a symbolic link in that place is not followed with.
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  const bool is_written = WriteAll(descriptor, text);
  return close(descriptor) == 0 && is_written;
}

#endif

// Windows does not rename over a file.
void MakeWay([[maybe_unused]] const std::string& path) noexcept {
#ifdef _WIN32
  std::remove(path.c_str());
#endif
}

}  // namespace

bool WriteEvidence(const std::string& path, std::string_view text) noexcept {
  const std::string draft = path + ".draft";
  std::remove(draft.c_str());
  if (WriteNew(draft, text)) {
    MakeWay(path);
    if (std::rename(draft.c_str(), path.c_str()) == 0) return true;
  }
  std::remove(draft.c_str());
  return false;
}

}  // namespace heaptide::engine
