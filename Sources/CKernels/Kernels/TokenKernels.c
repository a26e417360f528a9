#include "Lanes.h"

/// The finaliser of MurmurHash3 (Appleby): every bit of the key moves every bit of the result.
INLINE uint32_t mixed(uint32_t key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ key >> 16;
}

void WIDE(drop_values)(float *restrict x, long first, long count, uint64_t seed,
                        uint32_t threshold, float scale) {
  const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (long i = 0; i < count; ++i) {
    const uint32_t drawn = mixed(mixed((uint32_t)(first + i) ^ low) ^ high);
    x[i] = drawn >= threshold ? x[i] * scale : 0;
  }
}

/// Runs `body` for every row of every patch: `inside` floats from `image + at`, then zeros.
#define FOR_PATCH_ROWS(grid, body)                                                             \
  const long line = (grid)->width * (grid)->channels;                                          \
  const long run = (grid)->patchWidth * (grid)->channels;                                      \
  for (long top = 0; top < (grid)->height; top += (grid)->patchHeight) {                       \
    for (long left = 0; left < line; left += run) {                                            \
      for (long y = top; y < top + (grid)->patchHeight; ++y, rows += run) {                    \
        const long inside = y >= (grid)->height ? 0 : (line - left < run ? line - left : run); \
        const long at = y * line + left;                                                       \
        body                                                                                   \
      }                                                                                        \
    }                                                                                          \
  }

void WIDE(patch_gather)(const PatchGrid *grid, const float *restrict image, float *restrict rows) {
  FOR_PATCH_ROWS(grid, {
    if (inside > 0) memcpy(rows, image + at, (size_t)inside * sizeof(float));
    memset(rows + inside, 0, (size_t)(run - inside) * sizeof(float));
  })
}

void WIDE(patch_scatter)(const PatchGrid *grid, const float *restrict rows, float *restrict image) {
  FOR_PATCH_ROWS(grid, {
    if (inside > 0) memcpy(image + at, rows, (size_t)inside * sizeof(float));
  })
}

void WIDE(values_add)(float *restrict y, const float *restrict x, long count) {
  for (long i = 0; i < count; ++i) y[i] += x[i];
}
