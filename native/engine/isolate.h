#pragma once

namespace v8 {
class Isolate;
}

namespace heaptide::engine {

// The isolate of the calling thread. For the creation of an environment only:
// destructors use the isolate that they were given.
v8::Isolate* CurrentIsolate();

}  // namespace heaptide::engine
