// What the addon and the C++ runtime that is linked into it take from
// elsewhere. A few symbols come from the glibc of the build machine; hidden
// stand-ins replace those that glibc 2.28, the oldest that Node.js itself runs
// on, does not have.
#if defined(__linux__)
#include <features.h>
#endif

#if defined(__GLIBC__)
#include <pthread.h>

#include <cstdlib>

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

// glibc 2.29 has one that leaves errno alone, under a new version. It is
// declared visible; the list of exports hides it.
double OldExp(double x);
__asm__(".symver OldExp, exp@" OLDEST_VERSION);
double exp(double x) { return OldExp(x); }

}  // extern "C"

// The original prints the name of what was thrown, and brings a demangler of
// 60 KB to do so. Nothing here throws.
namespace __gnu_cxx {
HEAPTIDE_HIDDEN void __verbose_terminate_handler() { std::abort(); }
}  // namespace __gnu_cxx
#endif
#endif
