#include "mapped_file.h"

#include <cerrno>

#ifndef _WIN32
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace heaptide::binding {

#ifdef _WIN32

std::variant<std::unique_ptr<MappedFile>, int> MappedFile::Map(int, size_t) {
  return ENOTSUP;
}

MappedFile::~MappedFile() = default;

bool TryLock(int) { return false; }

#else

namespace {

// Gives the file real blocks. A sparse file would do as long as the disk has
// room; then the kernel answers the first store into a page with SIGBUS, and
// the host dies of it.
int Allocate(int descriptor, size_t size) {
  const auto length = static_cast<off_t>(size);
#ifdef __APPLE__
  fstore_t store = {F_ALLOCATEALL, F_PEOFPOSMODE, 0, length, 0};
  if (fcntl(descriptor, F_PREALLOCATE, &store) != 0) return errno;
  return ftruncate(descriptor, length) == 0 ? 0 : errno;
#else
  int error = EINTR;
  while (error == EINTR) error = posix_fallocate(descriptor, 0, length);
  return error;
#endif
}

}  // namespace

std::variant<std::unique_ptr<MappedFile>, int> MappedFile::Map(int descriptor,
                                                               size_t size) {
  if (const int error = Allocate(descriptor, size); error != 0) return error;
  void* const data =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) return errno;
  // Else the kernel maps the neighbours of a page too that is read.
  madvise(data, size, MADV_RANDOM);
  return std::unique_ptr<MappedFile>(new MappedFile(data, size));
}

MappedFile::~MappedFile() { munmap(data_, size_); }

bool TryLock(int descriptor) {
  int result = -1;
  do {
    result = flock(descriptor, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

#endif

}  // namespace heaptide::binding
