#include "../Lanes.h"

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
