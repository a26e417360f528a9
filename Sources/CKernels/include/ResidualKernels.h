#pragma once

// Batch normalisation, residual sums, ReLU and max-pooling of residual networks, each as one pass
// over memory: float32, channels-last, x [rows, channels]. An array that is written may be one that
// is read where it says so.
#include <stdint.h>

#include "Kernel.h"

/// What a norm does to each channel: (x - mean) * scale + shift.
typedef struct {
  const float *mean, *scale, *shift;
} ChannelAffine;

/// y = max(affine(x) + r, 0), where r is `residual`, or `residualAffine(residual)` unless that is
/// null.
KERNEL(void, residual_apply,
       (const float *x, const ChannelAffine *affine, const float *residual, const ChannelAffine
       *residualAffine, float *y, long rows, long channels),
       (x, affine, residual, residualAffine, y, rows, channels))

/// With m = dy where y > 0, else 0: sums [channels] = sum of m and products [channels] = sum of
/// m * (x - mean), in float64.
KERNEL(void, residual_gradient_sums,
       (const float *x, const float *dy, const float *y, long rows, long channels, const float
       *mean, double *sums, double *products),
       (x, dy, y, rows, channels, mean, sums, products))

/// masked = m as above; dx = scale * m + slope * (x - mean) + offset.
KERNEL(void, residual_gradient,
       (const float *x, const float *dy, const float *y, float *masked, float *dx, long rows, long
       channels, const ChannelAffine *affine, const float *slope, const float *offset),
       (x, dy, y, masked, dx, rows, channels, affine, slope, offset))

/// gradient = scale * m + slope * (x - mean) + offset in place, with m = gradient, or where
/// affine(x) > 0 if `rectified`, else 0.
KERNEL(void, norm_gradient_in_place,
       (const float *x, float *gradient, long rows, long channels, const ChannelAffine *affine,
       const float *slope, const float *offset, int rectified),
       (x, gradient, rows, channels, affine, slope, offset, rectified))

/// to += from.
KERNEL(void, layer_add, (float *to, const float *from, long count), (to, from, count))

/// Windows of `size` by `size`, `stride` apart, over images with `padding` border, which never
/// wins; `padding < size`.
typedef struct {
  long height, width, channels;
  long outHeight, outWidth;
  long size, stride, padding;
} SlidingPool;

/// y = the largest of max(affine(x), 0) of each window (of x if `affine` is null), and its place in
/// the window (row by row, the first wins, NaN wins over all).
KERNEL(void, sliding_pool_max,
       (const SlidingPool *p, const float *x, const ChannelAffine *affine, float *y, uint8_t *place,
       long samples),
       (p, x, affine, y, place, samples))

/// dx = the sum of the gradients of all windows in which x won.
KERNEL(void, sliding_pool_max_gradient,
       (const SlidingPool *p, const float *dy, const uint8_t *place, float *dx, long samples),
       (p, dy, place, dx, samples))

/// y [samples, channels] = the mean over `places` of x [samples, places, channels], summed in
/// float32 over sixty-four places at a time, in float64 over these.
KERNEL(void, places_mean,
       (const float *x, float *y, long samples, long places, long channels),
       (x, y, samples, places, channels))

/// dx = dy / places at every place.
KERNEL(void, places_mean_gradient,
       (const float *dy, float *dx, long samples, long places, long channels),
       (dy, dx, samples, places, channels))
