#pragma once

// Counts what one thread asks malloc for. A program that links this has its own malloc in place of
// glibc's, which does the work; elsewhere than on glibc nothing is counted.

/// The large allocations of a thread since `allocation_counter_start`.
typedef struct {
  long count;
  long bytes;
  /// The bytes of all its allocations, small ones too, that it has not given back.
  long kept;
} LargeAllocations;

/// Whether allocations are counted on this system.
int allocation_counter_works(void);

/// Begins to count the calling thread's allocations of more than `limit` bytes, each of them even
/// if it is freed at once. Two kinds are left out, which nobody can help: OpenBLAS takes half a
/// megabyte for the bookkeeping of every product on several threads; Swift takes 16 KiB for what it
/// keeps about types when such a pool is used up, which may be in any thread, because of what
/// others did before.
void allocation_counter_start(long limit);

/// Ends the count, and gives it.
LargeAllocations allocation_counter_stop(void);
