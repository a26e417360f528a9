#pragma once

// Batch normalisation over x [rows, channels].
//
// Sums over rows run in float32 over blocks of max(4, 4096 / channels) rows, and are added in
// float64, blocks ascending: the shape alone decides their order.
#include "Kernel.h"

/// What a norm does to each channel: (x - mean) * scale + shift, all [channels].
typedef struct {
  const float *mean, *scale, *shift;
} ChannelAffine;

/// mean [channels] and sum of squared differences from it, in float64.
KERNEL(void, norm_channels_moments,
       (const float *x, long rows, long channels, double *mean, double *squares),
       (x, rows, channels, mean, squares))

/// Makes the moments of `rows` rows those of `otherRows` more; one of the counts is positive.
KERNEL(void, norm_channels_moments_unite,
       (double *mean, double *squares, long rows, const double *otherMean,
        const double *otherSquares, long otherRows, long channels),
       (mean, squares, rows, otherMean, otherSquares, otherRows, channels))

/// y = (x - mean) * scale + shift, then max(y, 0) if `rectified`; NaN stays NaN.
KERNEL(void, norm_channels_apply,
       (const float *x, float *y, long rows, long channels, const float *mean, const float *scale,
        const float *shift, int rectified),
       (x, y, rows, channels, mean, scale, shift, rectified))

/// With m = dy, or, if `rectified`, dy where the norm of x is above 0 and 0 elsewhere:
/// sums [channels] = sum of m, and products [channels] = sum of m * (x - mean), in float64.
KERNEL(void, norm_channels_gradient_sums,
       (const float *x, const float *dy, long rows, long channels, const float *mean,
        const float *scale, const float *shift, int rectified, double *sums, double *products),
       (x, dy, rows, channels, mean, scale, shift, rectified, sums, products))

/// dx = scale * m + slope * (x - mean) + offset, m as above, slope and offset [channels]; dx may be
/// dy.
KERNEL(void, norm_channels_gradient,
       (const float *x, const float *dy, float *dx, long rows, long channels,
        const ChannelAffine *affine, const float *slope, const float *offset, int rectified),
       (x, dy, dx, rows, channels, affine, slope, offset, rectified))
