#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local long limit = -1;
static _Thread_local LargeAllocations large;

#if defined(__GLIBC__)

static int is_in(const Dl_info *place, const char *library) {
  return place->dli_fname && strstr(place->dli_fname, library);
}

/// Whether the memory is nobody's: OpenBLAS's bookkeeping, or what Swift keeps about generic types,
/// in pools of 16 KiB that are taken whenever one is used up, in whichever thread that happens.
/// What programs ask for comes to `swift_slowAlloc` from a function that Swift's library exports,
/// its own bookkeeping from one that has no name.
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

__attribute__((noinline)) static void note(size_t size, void *memory) {
  if (limit < 0) return;
  if (size > (size_t)limit) {
    // What looking takes memory for is not counted.
    const long smallest = limit;
    limit = -1;
    const int counts = !is_bookkeeping();
    limit = smallest;
    if (!counts) return;
    ++large.count;
    large.bytes += (long)size;
  }
  large.kept += (long)malloc_usable_size(memory);
}

static void note_end(void *memory) {
  if (limit >= 0) large.kept -= (long)malloc_usable_size(memory);
}

// What glibc's own functions are called where a program replaces them.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

void *malloc(size_t size) {
  void *memory = __libc_malloc(size);
  note(size, memory);
  return memory;
}

void *calloc(size_t count, size_t size) {
  void *memory = __libc_calloc(count, size);
  note(count * size, memory);
  return memory;
}

void *realloc(void *old, size_t size) {
  note_end(old);
  void *memory = __libc_realloc(old, size);
  note(size, memory);
  return memory;
}

void *memalign(size_t alignment, size_t size) {
  void *memory = __libc_memalign(alignment, size);
  note(size, memory);
  return memory;
}

void *aligned_alloc(size_t alignment, size_t size) {
  void *memory = __libc_memalign(alignment, size);
  note(size, memory);
  return memory;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  note(size, memory);
  *result = memory;
  return 0;
}

void free(void *memory) {
  note_end(memory);
  __libc_free(memory);
}

int allocation_counter_works(void) { return 1; }

#else

int allocation_counter_works(void) { return 0; }

#endif

void allocation_counter_start(long smallest) {
  large = (LargeAllocations){0, 0, 0};
  limit = smallest;
}

LargeAllocations allocation_counter_stop(void) {
  limit = -1;
  return large;
}
