#pragma once

// Memory that processes of one node share, as a file of our own. No rank waits for another here.
#include <stddef.h>
#include <stdint.h>

/// Makes a file of `byte_count` zeros in `folder`, with all its room taken, and maps it from
/// `start` on. Its path is cut to `capacity`. Returns 0, or what the system says: then there is no
/// file.
int32_t mpis_make_shared(const char *folder, int64_t byte_count, char *path, size_t capacity,
                         void **start);
/// Maps a file of `byte_count` bytes that another process has made. Returns 0, or what the system
/// says; EINVAL where the file has another size.
int32_t mpis_open_shared(const char *path, int64_t byte_count, void **start);
/// Gives back what was mapped.
void mpis_close_shared(void *start, int64_t byte_count);

/// What others have written to a flag, and all that they had written before it.
static inline uint32_t mpis_flag(const uint32_t *flag) {
  return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

/// Shows a flag to others, and with it all that was written before.
static inline void mpis_set_flag(uint32_t *flag, uint32_t value) {
  __atomic_store_n(flag, value, __ATOMIC_SEQ_CST);
}
