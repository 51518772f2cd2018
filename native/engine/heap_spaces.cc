#include "heap_spaces.h"

#include <v8.h>

namespace heaptide::engine {

namespace {

bool IsMoving(std::string_view name) {
  return name == "new_space" || name == "old_space" ||
         name == "new_large_object_space" || name == "large_object_space";
}

bool IsCode(std::string_view name) {
  return name == "code_space" || name == "code_large_object_space" ||
         name == "trusted_space" || name == "trusted_large_object_space";
}

}  // namespace

HeapSpaces::HeapSpaces(v8::Isolate* isolate) : isolate_(isolate) {
  for (size_t i = 0; i < isolate_->NumberOfHeapSpaces(); ++i) {
    v8::HeapSpaceStatistics space;
    if (!isolate_->GetHeapSpaceStatistics(&space, i)) continue;
    const std::string_view name = space.space_name();
    (IsMoving(name) ? moving_
     : IsCode(name) ? code_spaces_
                    : others_)
        .push_back(i);
  }
  ReadAll();
}

double HeapSpaces::ReadUsed() const noexcept {
  return resting_ + UsedOf(moving_);
}

double HeapSpaces::ReadAll() noexcept {
  code_ = UsedOf(code_spaces_);
  resting_ = code_ + UsedOf(others_);
  return ReadUsed();
}

std::vector<HeapSpaces::Space> HeapSpaces::List() const {
  std::vector<Space> spaces;
  for (size_t i = 0; i < isolate_->NumberOfHeapSpaces(); ++i) {
    v8::HeapSpaceStatistics space;
    if (!isolate_->GetHeapSpaceStatistics(&space, i)) continue;
    spaces.push_back({.name = space.space_name(),
                      .used = static_cast<double>(space.space_used_size())});
  }
  return spaces;
}

double HeapSpaces::UsedOf(const std::vector<size_t>& indices) const noexcept {
  size_t used = 0;
  for (const size_t index : indices) {
    v8::HeapSpaceStatistics space;
    if (isolate_->GetHeapSpaceStatistics(&space, index)) {
      used += space.space_used_size();
    }
  }
  return static_cast<double>(used);
}

}  // namespace heaptide::engine
