#pragma once

// Counts what one thread asks malloc for. A program that links this has its own malloc in place of
// glibc's, which does the work; elsewhere than on glibc nothing is counted.

/// The large allocations of a thread since `allocation_counter_start`.
typedef struct {
  long count;
  long bytes;
} LargeAllocations;

/// Whether allocations are counted on this system.
int allocation_counter_works(void);

/// Begins to count the calling thread's allocations of more than `limit` bytes, each of them even if
/// it is freed at once. Those of OpenBLAS are left out: it takes half a megabyte for the bookkeeping
/// of every product on several threads, and nobody can help it.
void allocation_counter_start(long limit);

/// Ends the count, and gives it.
LargeAllocations allocation_counter_stop(void);
