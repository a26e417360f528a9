#pragma once

// Shared memory is files in a folder of limited room. Files there are sparse: who writes to a page
// that the folder has no room for dies of SIGBUS. So room is taken before it is needed.
#include <stddef.h>
#include <stdint.h>

/// Takes `byte_count` bytes in `folder` for a new file without a name. Returns its descriptor, to
/// be closed when the room is no longer needed, or -1.
int32_t mpis_take_room(const char *folder, int64_t byte_count);
/// Takes all the room that this rank's segment of shared memory may need; ranks of its node have
/// put their messages there since MPI_Init. `local_rank` counts the ranks of this node. Returns 0,
/// or what the system says; `byte_count` is then the segment's size, and `folder` where it lies,
/// cut to `capacity`. Nothing to do where there is no segment.
int32_t mpis_fill_segment(int32_t local_rank, int64_t *byte_count, char *folder, size_t capacity);
/// Removes this rank's segment: for a rank whose launcher, which would see to that, has gone. May
/// be called from any thread.
void mpis_remove_segment(void);
