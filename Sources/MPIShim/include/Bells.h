#pragma once

// Bells of the ranks of one node, in memory that they share: who waits sleeps until another rings.
#include <stdint.h>

/// Gives every rank a bell that the ranks of its node can ring. Collective. Where the system does
/// not allow shared memory, or `folder`, where it lies, has no room for it (`lacks_room` is 1
/// then), nobody of the node has one, which is no error.
int32_t mpis_hang_bells(const char *folder, int32_t *lacks_room);
/// Gives back what `mpis_hang_bells` took. Collective.
int32_t mpis_take_down_bells(void);
/// Whether this rank can ring that one, and so is rung by it.
int32_t mpis_has_bell(int32_t rank);
/// Wakes a rank that listens. Does nothing where there is no bell.
void mpis_ring(int32_t rank);
/// How often this rank's bell was rung.
uint32_t mpis_ring_count(void);
/// Sleeps until the bell has been rung more often than `heard`, a signal comes, or time is over.
/// Only for a rank that has a bell.
void mpis_listen(uint32_t heard, int64_t nanoseconds);
