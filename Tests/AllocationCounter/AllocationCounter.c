#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local long limit = -1;
static _Thread_local LargeAllocations large;

#if defined(__GLIBC__)

static void note(size_t size, void *caller) {
  if (limit < 0 || size <= (size_t)limit) return;
  Dl_info place = {0};
  if (dladdr(caller, &place) && place.dli_fname && strstr(place.dli_fname, "openblas")) return;
  ++large.count;
  large.bytes += (long)size;
}

// What glibc's own functions are called where a program replaces them.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  note(size, __builtin_return_address(0));
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(count * size, __builtin_return_address(0));
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  note(size, __builtin_return_address(0));
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  note(size, __builtin_return_address(0));
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note(size, __builtin_return_address(0));
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  note(size, __builtin_return_address(0));
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
