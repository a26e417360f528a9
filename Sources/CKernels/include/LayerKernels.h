#pragma once

// Kernels of the layers: float32, row-major, channels-last. No pointer may be null, and no two
// arrays may overlap unless it says so; every count may be zero.
#include <stdint.h>

#include "Kernel.h"

// -- Elementwise

/// y = max(x, 0); NaN stays NaN, so that it is seen at the loss. `y` may be `x`.
KERNEL(void, layer_rectify, (const float *x, float *y, long count), (x, y, count))

/// dx = y > 0 ? dy : 0, where y is what `layer_rectify` gave.
KERNEL(void, layer_rectify_gradient,
       (const float *y, const float *dy, float *dx, long count),
       (y, dy, dx, count))

/// y [rows, columns] += bias [columns] in every row.
KERNEL(void, layer_add_bias,
       (float *y, const float *bias, long rows, long columns),
       (y, bias, rows, columns))

/// sums [columns] = column sums of x [rows, columns], rows ascending and `stride` apart.
KERNEL(void, layer_column_sums,
       (const float *x, float *sums, long rows, long columns, long stride),
       (x, sums, rows, columns, stride))

/// sums [columns] = column sums of x [rows, columns] in float64, rows ascending.
KERNEL(void, layer_column_sums_double,
       (const float *x, double *sums, long rows, long columns),
       (x, sums, rows, columns))

// -- Softmax cross-entropy

/// One row: gradient [count] = (softmax(z) - onehot(label)) * scale unless `gradient` is null;
/// *top = the lowest index of the largest logit. Returns log(sum exp(z)) - z[label], or NaN if any
/// logit is not finite.
KERNEL(double, softmax_cross_entropy_row,
       (const float *z, float *gradient, long count, long label, float scale, long *top),
       (z, gradient, count, label, scale, top))

// -- Convolution

/// A convolution of `[height, width, channels]` to `[outHeight, outWidth, filters]`.
typedef struct {
  long height, width, channels;
  long outHeight, outWidth, filters;
  long kernel, stride, padding;
} Convolution;

/// columns [rows, kernel * kernel * channels] = the patches under output pixels
/// `first ..< first + rows`, counted through the whole batch.
KERNEL(void, convolution_gather,
       (const Convolution *c, const float *input, long first, long rows, float *columns),
       (c, input, first, rows, columns))

/// The transpose of `convolution_gather`: adds patches to the input gradient where they came from.
KERNEL(void, convolution_scatter,
       (const Convolution *c, const float *columns, long first, long rows, float *inputGradient),
       (c, columns, first, rows, inputGradient))

/// padded [height + 2 padding, width + 2 padding, channels] = one sample with its border of zeros.
KERNEL(void, convolution_pad,
       (const Convolution *c, const float *sample, float *padded),
       (c, sample, padded))

/// panels: weights [filters, patch] in panels of 32 filters (the last may have 16), each
/// [patch, 32]; `filters` is a multiple of 16.
KERNEL(void, convolution_pack,
       (const Convolution *c, const float *weights, float *panels),
       (c, weights, panels))

/// The panels of the convolution that takes `c`'s output gradient to its input gradient: kernels
/// turned by 180 degrees, channels and filters exchanged; `channels` is a multiple of 16.
KERNEL(void, convolution_pack_turned,
       (const Convolution *c, const float *weights, float *panels),
       (c, weights, panels))

/// panels back to [filters, patch].
KERNEL(void, convolution_unpack,
       (const Convolution *c, const float *panels, float *weights),
       (c, panels, weights))

/// output [outHeight, outWidth, filters] of one padded sample, without bias.
KERNEL(void, convolution_direct,
       (const Convolution *c, const float *padded, const float *panels, float *output),
       (c, padded, panels, output))

/// Adds one sample's part of the weight gradient to `panels`. `offsets` tells where in the padded
/// sample each element of a patch lies, from the patch's first; its count is rounded up to 8 with
/// zeros, and each panel has room for one block of 8 patch elements more than `convolution_pack`
/// fills. Patch elements `from ..< to`, multiples of 8, only.
KERNEL(void, convolution_direct_weights,
       (const Convolution *c, const float *padded, const float *outputGradient, const long *offsets,
       long from, long to, float *panels),
       (c, padded, outputGradient, offsets, from, to, panels))

// -- Batch normalisation over x [rows, channels]

/// mean [channels] and sum of squared differences from it, in float64.
KERNEL(void, norm_moments,
       (const float *x, long rows, long channels, double *mean, double *squares),
       (x, rows, channels, mean, squares))

/// Makes the moments of `rows` rows those of `otherRows` more; one of the counts is positive.
KERNEL(void, norm_moments_unite,
       (double *mean, double *squares, long rows, const double *otherMean, const double
       *otherSquares, long otherRows, long channels),
       (mean, squares, rows, otherMean, otherSquares, otherRows, channels))

/// sums += others.
KERNEL(void, sums_unite, (double *sums, const double *others, long count), (sums, others, count))

/// y = (x - mean) * scale + shift, then max(y, 0) if `rectified`.
KERNEL(void, norm_apply,
       (const float *x, float *y, long rows, long channels, const float *mean, const float *scale,
       const float *shift, int rectified),
       (x, y, rows, channels, mean, scale, shift, rectified))

/// With m = dy, or dy where y > 0 if `rectified`: sums [channels] = sum of m, and
/// products [channels] = sum of m * (x - mean), in float64.
KERNEL(void, norm_gradient_sums,
       (const float *x, const float *dy, long rows, long channels, const float *mean, const float
       *scale, const float *shift, int rectified, double *sums, double *products),
       (x, dy, rows, channels, mean, scale, shift, rectified, sums, products))

/// dx = scale * m + slope * (x - mean) + offset, m as above.
KERNEL(void, norm_gradient,
       (const float *x, const float *dy, float *dx, long rows, long channels, const float *mean,
       const float *scale, const float *shift, const float *slope, const float *offset, int
       rectified),
       (x, dy, dx, rows, channels, mean, scale, shift, slope, offset, rectified))

// -- Pooling of [height, width, channels] over square windows that do not overlap

/// The largest value of each window, and its place in it (row by row, first wins, NaN wins over
/// all).
KERNEL(void, pool_max,
       (const float *x, float *y, uint8_t *place, long samples, long height, long width, long
       channels, long size),
       (x, y, place, samples, height, width, channels, size))

/// Sends each gradient to its window's place; zeros elsewhere.
KERNEL(void, pool_max_gradient,
       (const float *dy, const uint8_t *place, float *dx, long samples, long height, long width,
       long channels, long size),
       (dy, place, dx, samples, height, width, channels, size))

/// The mean of each window.
KERNEL(void, pool_mean,
       (const float *x, float *y, long samples, long height, long width, long channels, long size),
       (x, y, samples, height, width, channels, size))

/// Spreads each gradient over its window; zeros where no window is.
KERNEL(void, pool_mean_gradient,
       (const float *dy, float *dx, long samples, long height, long width, long channels, long
       size),
       (dy, dx, samples, height, width, channels, size))
