#pragma once

// Kernels of transformers: float32, row-major; a row is one token. No pointer may be null and no two
// arrays may overlap unless it says so; every count may be zero.
#include <stdint.h>

#include "Kernel.h"

// -- Layer normalisation of rows [rows, width]

/// What a layer norm multiplies by, adds, and what it adds to the variance.
typedef struct {
  const float *weight, *bias;
  long width;
  float epsilon;
} RowNorm;

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias; keeps the mean and the inverse
/// deviation of each row.
KERNEL(void, row_norm,
       (const RowNorm *norm, const float *x, float *y, float *mean, float *inverse, long rows),
       (norm, x, y, mean, inverse, rows))

/// The same y from the means and inverse deviations that were kept: equal bits.
KERNEL(void, row_norm_again,
       (const RowNorm *norm, const float *x, const float *mean, const float *inverse, float *y, long
       rows),
       (norm, x, mean, inverse, y, rows))

/// sum = x + branch + bias, then y = the norm of sum.
KERNEL(void, row_norm_sum,
       (const RowNorm *norm, const float *x, const float *branch, const float *bias, float *sum,
       float *y, float *mean, float *inverse, long rows),
       (norm, x, branch, bias, sum, y, mean, inverse, rows))

/// dx = the gradient by x, plus `residual` unless it is null (it may be dx); the sums over rows are
/// stored to dweight and dbias [width].
KERNEL(void, row_norm_gradient,
       (const RowNorm *norm, const float *x, const float *mean, const float *inverse, const float
       *dy, const float *residual, float *dx, float *dweight, float *dbias, long rows),
       (norm, x, mean, inverse, dy, residual, dx, dweight, dbias, rows))

/// y = x + branch + bias in every row; y may be x or branch.
KERNEL(void, rows_add,
       (const float *x, const float *branch, const float *bias, float *y, long rows, long width),
       (x, branch, bias, y, rows, width))

// -- GELU (Hendrycks and Gimpel, 2016) of z + bias

/// y = z * Phi(z) of rows z [rows, width] + bias [width]; `isTanh` takes the paper's approximation
/// of Phi by a hyperbolic tangent. y may be z.
KERNEL(void, gelu_rows,
       (const float *z, const float *bias, float *y, long rows, long width, int isTanh),
       (z, bias, y, rows, width, isTanh))

/// d: in, the gradient by y; out, the gradient by z. Stores y once more and the column sums of d's
/// new values to dbias. Rows are `stride` apart.
KERNEL(void, gelu_rows_gradient,
       (const float *z, const float *bias, float *d, float *y, float *dbias, long rows, long width,
       long stride, int isTanh),
       (z, bias, d, y, dbias, rows, width, stride, isTanh))

// -- Softmax over the first `count` columns of rows that are `stride` apart, a multiple of 16

/// p = exp(p - max) / sum; zeros from `count` up to `stride`.
KERNEL(void, softmax_rows, (float *p, long rows, long count, long stride), (p, rows, count, stride))

/// d = scale * p * (d - p . d); zeros from `count` up to `stride`.
KERNEL(void, softmax_rows_gradient,
       (const float *p, float *d, long rows, long count, long stride, float scale),
       (p, d, rows, count, stride, scale))

// -- Dropout

/// x[i] = x[i] * scale where number `first + i` drawn under `seed` is at least `threshold` of 2^32,
/// 0 elsewhere. Equal seeds drop equal places.
KERNEL(void, drop_values,
       (float *x, long first, long count, uint64_t seed, uint32_t threshold, float scale),
       (x, first, count, seed, threshold, scale))

// -- Patches of an image [height, width, channels]

/// A grid of patches; what a patch covers beyond the image is zero.
typedef struct {
  long height, width, channels;
  long patchHeight, patchWidth;
} PatchGrid;

/// rows [patches, patchHeight * patchWidth * channels], patches row by row.
KERNEL(void, patch_gather,
       (const PatchGrid *grid, const float *image, float *rows),
       (grid, image, rows))

/// The transpose of `patch_gather`: fills the image.
KERNEL(void, patch_scatter,
       (const PatchGrid *grid, const float *rows, float *image),
       (grid, rows, image))

/// y += x.
KERNEL(void, values_add, (float *y, const float *x, long count), (y, x, count))
