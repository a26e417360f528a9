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

void WIDE(convolution_gather)(const Convolution *c, const float *restrict input, long first,
                                    long rows, float *restrict columns) {
  const long area = c->outHeight * c->outWidth, run = c->kernel * c->channels;
  long sample = first / area, y = first % area / c->outWidth, x = first % c->outWidth;
  for (long row = 0; row < rows; ++row) {
    const long left = x * c->stride - c->padding;
    const long before = left < 0 ? (-left < c->kernel ? -left : c->kernel) : 0;
    long end = c->width - left;
    end = end < before ? before : (end > c->kernel ? c->kernel : end);
    for (long k = 0; k < c->kernel; ++k, columns += run) {
      const long inputRow = y * c->stride + k - c->padding;
      if (inputRow < 0 || inputRow >= c->height) {
        zero_run(columns, run);
        continue;
      }
      const long pixel = (sample * c->height + inputRow) * c->width + left + before;
      const float *from = input + pixel * c->channels;
      zero_run(columns, before * c->channels);
      copy_run(columns + before * c->channels, from, (end - before) * c->channels);
      zero_run(columns + end * c->channels, (c->kernel - end) * c->channels);
    }
    if (++x == c->outWidth) {
      x = 0;
      if (++y == c->outHeight) y = 0, ++sample;
    }
  }
}

void WIDE(convolution_scatter)(const Convolution *c, const float *restrict columns,
                                     long first, long rows, float *restrict inputGradient) {
  const long area = c->outHeight * c->outWidth, run = c->kernel * c->channels;
  long sample = first / area, y = first % area / c->outWidth, x = first % c->outWidth;
  for (long row = 0; row < rows; ++row) {
    const long left = x * c->stride - c->padding;
    const long before = left < 0 ? (-left < c->kernel ? -left : c->kernel) : 0;
    long end = c->width - left;
    end = end < before ? before : (end > c->kernel ? c->kernel : end);
    for (long k = 0; k < c->kernel; ++k, columns += run) {
      const long inputRow = y * c->stride + k - c->padding;
      if (inputRow < 0 || inputRow >= c->height) continue;
      const long pixel = (sample * c->height + inputRow) * c->width + left + before;
      float *to = inputGradient + pixel * c->channels;
      add_run(to, columns + before * c->channels, (end - before) * c->channels);
    }
    if (++x == c->outWidth) {
      x = 0;
      if (++y == c->outHeight) y = 0, ++sample;
    }
  }
}
