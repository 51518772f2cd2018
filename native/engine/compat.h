#pragma once

#include <v8.h>

#include <cstdint>

// Everything in which the V8 versions of Node.js 20 to 26 differ.
namespace heaptide::engine {

// The collection of the young generation that V8 runs beside the scavenger.
// V8 11 names it kGCTypeMinorMarkCompact, V8 12 kGCTypeMinorMarkSweep.
inline constexpr int kGCTypeOtherMinor = 1 << 1;

// Bytes by which the heap limit exceeds the limit of the old generation: the
// young generation with semi-spaces of the default size, measured on 64-bit.
#if V8_MAJOR_VERSION <= 12
inline constexpr double kYoungGenerationBytes = 48.0 * 1024 * 1024;
#elif V8_MAJOR_VERSION == 13
inline constexpr double kYoungGenerationBytes = 192.0 * 1024 * 1024;
#else
inline constexpr double kYoungGenerationBytes = 96.0 * 1024 * 1024;
#endif

// Changes V8's count of external memory, in bytes, and returns the new count.
// V8 13 announces the end of this call, but its successor, which the headers of
// Node.js do not carry, returns no count.
inline int64_t AdjustExternalMemory(v8::Isolate* isolate, int64_t change) {
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#elif defined(_MSC_VER)
#pragma warning(push)
#pragma warning(disable : 4996)
#endif
  return isolate->AdjustAmountOfExternalAllocatedMemory(change);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#elif defined(_MSC_VER)
#pragma warning(pop)
#endif
}

}  // namespace heaptide::engine
