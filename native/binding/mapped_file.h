#pragma once

#include <cstddef>
#include <memory>
#include <variant>

namespace heaptide::binding {

// A file whose bytes are memory. What is stored there belongs to the kernel at
// once: it is in the file when the process dies, by whatever signal.
//
// Owns the mapping, not the descriptor, whose opening it keeps alive with its
// lock: lock another opening where the lock is to end first. Destroyed when
// JavaScript lets go of the ArrayBuffer that shows it, at the latest with the
// environment. The memory is plain: it may be written during GC.
class MappedFile {
 public:
  // Maps the first `size` bytes of an open file, which grows to that size. The
  // number is the system's error; ENOTSUP where files cannot be mapped.
  static std::variant<std::unique_ptr<MappedFile>, int> Map(int descriptor,
                                                            size_t size);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  void* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  MappedFile(void* data, size_t size) : data_(data), size_(size) {}

  void* const data_;
  const size_t size_;
};

// Takes the exclusive lock on an open file, without waiting. The kernel
// releases it when the last descriptor of this opening is closed, which the
// death of the process does too. False when someone else holds it, in this
// process or another, and where there are no such locks.
bool TryLock(int descriptor);

}  // namespace heaptide::binding
