#include "../Lanes.h"

// Patches run [kernel row, kernel column, channel], so that one kernel row of a patch is one
// contiguous run of the input: kernel * channels floats.

/// Copies a run; long runs end in a store that overlaps the one before instead of a scalar rest.
INLINE void copy_run(float *restrict to, const float *restrict from, long count) {
  if (count >= LANES) {
    for (long i = 0; i < count - LANES; i += LANES) *(Lanes *)(to + i) = *(const Lanes *)(from + i);
    *(Lanes *)(to + count - LANES) = *(const Lanes *)(from + count - LANES);
  } else {
#pragma clang loop vectorize(disable)
    for (long i = 0; i < count; ++i) to[i] = from[i];
  }
}

INLINE void zero_run(float *restrict to, long count) {
  for (long i = 0; i < count; ++i) to[i] = 0;
}

INLINE void add_run(float *restrict to, const float *restrict from, long count) {
  long i = 0;
  for (; i + LANES <= count; i += LANES) *(Lanes *)(to + i) += *(const Lanes *)(from + i);
#pragma clang loop vectorize(disable)
  for (; i < count; ++i) to[i] += from[i];
}

/// The patch under an output pixel. Of its columns, `before ..< end` lie in the image, whose column
/// `left` is the first one's; where that is in the padding it is no column of the image.
typedef struct {
  long sample, y, x;
  long left, before, end;
} Patch;

INLINE void find_columns(const Convolution *c, Patch *patch) {
  patch->left = patch->x * c->stride - c->padding;
  patch->before = clamped(-patch->left, c->kernel);
  const long end = c->width - patch->left;
  patch->end = end < patch->before ? patch->before : (end > c->kernel ? c->kernel : end);
}

INLINE Patch patch_under(const Convolution *c, long pixel) {
  const long area = c->outHeight * c->outWidth;
  Patch patch = {pixel / area, pixel % area / c->outWidth, pixel % c->outWidth, 0, 0, 0};
  find_columns(c, &patch);
  return patch;
}

INLINE void move_on(const Convolution *c, Patch *patch) {
  if (++patch->x == c->outWidth) {
    patch->x = 0;
    if (++patch->y == c->outHeight) patch->y = 0, ++patch->sample;
  }
  find_columns(c, patch);
}

/// Where the part of row `k` of a patch that lies in the image begins there; below 0 if none does.
INLINE long place_of_row(const Convolution *c, const Patch *patch, long k) {
  const long row = patch->y * c->stride + k - c->padding;
  if (row < 0 || row >= c->height) return -1;
  return ((patch->sample * c->height + row) * c->width + patch->left + patch->before) * c->channels;
}

void WIDE(convolution_gather)(const Convolution *c, const float *restrict input, long first,
                              long rows, float *restrict columns) {
  const long run = c->kernel * c->channels;
  Patch patch = patch_under(c, first);
  for (long row = 0; row < rows; ++row, move_on(c, &patch)) {
    for (long k = 0; k < c->kernel; ++k, columns += run) {
      const long place = place_of_row(c, &patch, k);
      if (place < 0) {
        zero_run(columns, run);
        continue;
      }
      const long before = patch.before * c->channels, end = patch.end * c->channels;
      zero_run(columns, before);
      copy_run(columns + before, input + place, end - before);
      zero_run(columns + end, run - end);
    }
  }
}

void WIDE(convolution_scatter)(const Convolution *c, const float *restrict columns, long first,
                               long rows, float *restrict inputGradient) {
  const long run = c->kernel * c->channels;
  Patch patch = patch_under(c, first);
  for (long row = 0; row < rows; ++row, move_on(c, &patch)) {
    for (long k = 0; k < c->kernel; ++k, columns += run) {
      const long place = place_of_row(c, &patch, k);
      if (place < 0) continue;
      const long before = patch.before * c->channels;
      add_run(inputGradient + place, columns + before, patch.end * c->channels - before);
    }
  }
}
