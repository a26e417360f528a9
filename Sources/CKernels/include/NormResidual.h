#pragma once

// Batch normalisation, residual sum and ReLU of residual networks as one pass over memory: x [rows,
// channels]. An array of rows that is written may be one that is read.
#include "Kernel.h"
#include "NormChannels.h"

/// y = max(affine(x) + r, 0), where r is `residual`, or `residualAffine(residual)` unless that is
/// null; NaN stays NaN.
KERNEL(void, norm_residual_apply,
       (const float *x, const ChannelAffine *affine, const float *residual,
        const ChannelAffine *residualAffine, float *y, long rows, long channels),
       (x, affine, residual, residualAffine, y, rows, channels))

/// With m = dy where y > 0, else 0: sums [channels] = sum of m and products [channels] = sum of
/// m * (x - mean), in float64: float32 sums over blocks of max(4, 2048 / channels) rows, blocks
/// ascending.
KERNEL(void, norm_residual_gradient_sums,
       (const float *x, const float *dy, const float *y, long rows, long channels,
        const float *mean, double *sums, double *products),
       (x, dy, y, rows, channels, mean, sums, products))

/// masked = m as above; dx = scale * m + slope * (x - mean) + offset, slope and offset [channels].
KERNEL(void, norm_residual_gradient,
       (const float *x, const float *dy, const float *y, float *masked, float *dx, long rows,
        long channels, const ChannelAffine *affine, const float *slope, const float *offset),
       (x, dy, y, masked, dx, rows, channels, affine, slope, offset))
