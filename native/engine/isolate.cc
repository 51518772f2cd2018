#include "isolate.h"

#include <v8.h>

namespace heaptide::engine {

v8::Isolate* CurrentIsolate() { return v8::Isolate::GetCurrent(); }

}  // namespace heaptide::engine
