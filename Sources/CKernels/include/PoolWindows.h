#pragma once

// Pooling of x [samples, height, width, channels] over square windows of `size` that do not
// overlap, to y [samples, height / size, width / size, channels], rounded down.
#include <stdint.h>

#include "Kernel.h"

/// The largest value of each window, and its place in it (row by row, first wins, NaN wins over
/// all).
KERNEL(void, pool_max,
       (const float *x, float *y, uint8_t *place, long samples, long height, long width,
        long channels, long size),
       (x, y, place, samples, height, width, channels, size))

/// Sends each gradient to its window's place; zeros elsewhere.
KERNEL(void, pool_max_gradient,
       (const float *dy, const uint8_t *place, float *dx, long samples, long height, long width,
        long channels, long size),
       (dy, place, dx, samples, height, width, channels, size))

/// The mean of each window, summed row by row.
KERNEL(void, pool_mean,
       (const float *x, float *y, long samples, long height, long width, long channels, long size),
       (x, y, samples, height, width, channels, size))

/// Spreads each gradient over its window; zeros where no window is.
KERNEL(void, pool_mean_gradient,
       (const float *dy, float *dx, long samples, long height, long width, long channels,
        long size),
       (dy, dx, samples, height, width, channels, size))
