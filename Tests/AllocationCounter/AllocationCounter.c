#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local long limit = -1;
static _Thread_local LargeAllocations large;

#if defined(__GLIBC__)

static int is_in(const Dl_info *place, const char *library) {
  return place->dli_fname && strstr(place->dli_fname, library);
}

/// Whether the memory is nobody's: OpenBLAS's bookkeeping, or what Swift keeps about generic types, in
/// pools of 16 KiB that are taken whenever one is used up, in whichever thread that happens. What
/// programs ask for comes to `swift_slowAlloc` from a function that Swift's library exports, its own
/// bookkeeping from one that has no name.
__attribute__((noinline)) static int is_bookkeeping(void) {
  // This function, `note`, the function that stands for malloc, who called it, and who called him.
  void *stack[5];
  if (backtrace(stack, 5) < 5) return 0;
  Dl_info caller = {0}, before = {0};
  if (!dladdr(stack[3], &caller)) return 0;
  if (is_in(&caller, "openblas")) return 1;
  if (!is_in(&caller, "libswiftCore") || !dladdr(stack[4], &before)) return 0;
  return is_in(&before, "libswiftCore") && !before.dli_sname;
}

__attribute__((noinline)) static void note(size_t size) {
  if (limit < 0 || size <= (size_t)limit) return;
  // What looking takes memory for is not counted.
  const long smallest = limit;
  limit = -1;
  const int counts = !is_bookkeeping();
  limit = smallest;
  if (!counts) return;
  ++large.count;
  large.bytes += (long)size;
}

// What glibc's own functions are called where a program replaces them.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(count * size);
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  note(size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  note(size);
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}

int allocation_counter_works(void) { return 1; }

#else

int allocation_counter_works(void) { return 0; }

#endif

void allocation_counter_start(long smallest) {
  large = (LargeAllocations){0, 0};
  limit = smallest;
}

LargeAllocations allocation_counter_stop(void) {
  limit = -1;
  return large;
}
