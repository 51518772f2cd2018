// The C++ runtime that is linked into the addon takes a few symbols from the
// glibc of the build machine. These stand in for those that glibc 2.28, the
// oldest that Node.js itself runs on, does not have. They are hidden, so that
// nothing outside the addon binds to them.
#if defined(__linux__)
#include <features.h>
#endif

#if defined(__GLIBC__)
#include <pthread.h>

#if defined(__x86_64__)
#define OLDEST_VERSION "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST_VERSION "GLIBC_2.17"
#endif

#if defined(OLDEST_VERSION)
#define HEAPTIDE_HIDDEN __attribute__((visibility("hidden"), used))

extern "C" {

// `shared_ptr` counts without atomic operations where this is true.
HEAPTIDE_HIDDEN char __libc_single_threaded = 0;

// Finds the unwind table of an address, which only a throw asks for. -1 is "not
// found", and a throw ends in std::terminate(), as it does without handlers.
HEAPTIDE_HIDDEN int _dl_find_object(void*, void*) { return -1; }

// glibc 2.34 moved these from libpthread to libc, under a new version.
int OldPthreadOnce(pthread_once_t* control, void (*routine)());
__asm__(".symver OldPthreadOnce, pthread_once@" OLDEST_VERSION);
HEAPTIDE_HIDDEN int pthread_once(pthread_once_t* control, void (*routine)()) {
  return OldPthreadOnce(control, routine);
}

int OldPthreadKeyCreate(pthread_key_t* key, void (*destroy)(void*));
__asm__(".symver OldPthreadKeyCreate, __pthread_key_create@" OLDEST_VERSION);
HEAPTIDE_HIDDEN int __pthread_key_create(pthread_key_t* key,
                                         void (*destroy)(void*)) {
  return OldPthreadKeyCreate(key, destroy);
}

}  // extern "C"
#endif
#endif
