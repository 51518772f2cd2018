#include "../../../native/core/fields.h"

#include <algorithm>
#include <vector>

#include "check.h"

namespace heaptide::test {

using core::HeapArray;
using core::HeapField;

void TestFields() {
  Test("every heap field has a name of its own", [] {
    std::vector<std::string_view> names(core::kHeapFieldNames.begin(),
                                        core::kHeapFieldNames.end());

    std::sort(names.begin(), names.end());

    Check(std::adjacent_find(names.begin(), names.end()) == names.end());
    Check(HeapArray::size() == names.size());
  });

  Test("a field indexes the slot that its name stands at", [] {
    HeapArray heap;

    heap[HeapField::kFloorRss] = 7;

    const auto name = std::find(
        core::kHeapFieldNames.begin(), core::kHeapFieldNames.end(), "floorRss");
    const auto index =
        static_cast<size_t>(name - core::kHeapFieldNames.begin());
    Check(heap.data()[index] == 7);
  });
}

}  // namespace heaptide::test
