#pragma once

// Max-pooling of x [samples, height, width, channels] over windows that may overlap.
#include <stdint.h>

#include "Kernel.h"
#include "NormChannels.h"

/// Windows of `size` by `size`, `stride` apart, over images with `padding` border, which never
/// wins; `padding < size`.
typedef struct {
  long height, width, channels;
  long outHeight, outWidth;
  long size, stride, padding;
} SlidingPool;

/// y [samples, outHeight, outWidth, channels] = the largest of max(affine(x), 0) of each window (of
/// x if `affine` is null), and its place in the window (row by row, the first wins, NaN wins over
/// all).
KERNEL(void, pool_sliding_max,
       (const SlidingPool *p, const float *x, const ChannelAffine *affine, float *y, uint8_t *place,
        long samples),
       (p, x, affine, y, place, samples))

/// dx = the sum of the gradients of all windows in which x won, windows row by row.
KERNEL(void, pool_sliding_max_gradient,
       (const SlidingPool *p, const float *dy, const uint8_t *place, float *dx, long samples),
       (p, dy, place, dx, samples))
