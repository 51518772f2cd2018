#pragma once

#include <cstddef>

#include "../core/sites.h"

namespace v8 {
class AllocationProfile;
class Isolate;
}  // namespace v8

namespace heaptide::engine {

struct TreeReading {
  size_t node_count = 0;
  // False when V8's figures cannot come from a session with this interval.
  bool fits_interval = true;
};

// Adds up V8's call tree by stack into `sites`. `interval_bytes` is the mean
// sampling interval of the session, 0 when it is not known.
TreeReading ReadAllocationTree(v8::Isolate* isolate,
                               v8::AllocationProfile* profile,
                               double interval_bytes,
                               core::Sites* sites);

}  // namespace heaptide::engine
