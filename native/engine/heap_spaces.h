#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

// Used bytes of V8's heap, space by space. `GetHeapStatistics` takes 200 ns and
// more; a single space takes 6-28 ns, and between two GCs only four of them
// move noticeably. The rest is read when `ReadAll` is called, at each GC.
//
// Owns the indices of the spaces, which differ between V8 versions. Lives on
// the isolate's thread; destroyed with the environment. `ReadUsed` and
// `ReadAll` may run during GC.
class HeapSpaces {
 public:
  struct Space {
    std::string_view name;
    double used;
  };

  explicit HeapSpaces(v8::Isolate* isolate);
  HeapSpaces(const HeapSpaces&) = delete;
  HeapSpaces& operator=(const HeapSpaces&) = delete;

  // Used bytes of all spaces: the moving ones as of now, the others as of the
  // last `ReadAll`.
  double ReadUsed() const noexcept;

  // Used bytes of all spaces as of now.
  double ReadAll() noexcept;

  // Used bytes of the spaces for machine code and, where V8 has them, of the
  // trusted spaces, which hold bytecode; as of the last `ReadAll`.
  double code() const noexcept { return code_; }

  // Every space with its used bytes as of now.
  std::vector<Space> List() const;

 private:
  double UsedOf(const std::vector<size_t>& indices) const noexcept;

  v8::Isolate* const isolate_;
  std::vector<size_t> moving_;
  std::vector<size_t> code_spaces_;
  std::vector<size_t> others_;
  double code_ = 0;
  // Used bytes of all spaces that are not in `moving_`.
  double resting_ = 0;
};

}  // namespace heaptide::engine
