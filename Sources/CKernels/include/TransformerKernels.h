#pragma once

// Kernels of transformers: float32, row-major; a row is one token. No pointer may be null and no two
// arrays may overlap unless it says so; every count may be zero.
#include <stdint.h>

// -- Layer normalisation of rows [rows, width]

/// What a layer norm multiplies by, adds, and what it adds to the variance.
typedef struct {
  const float *weight, *bias;
  long width;
  float epsilon;
} RowNorm;

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias; keeps the mean and the inverse
/// deviation of each row.
void row_norm(const RowNorm *norm, const float *x, float *y, float *mean, float *inverse,
              long rows);

/// The same y from the means and inverse deviations that were kept: equal bits.
void row_norm_again(const RowNorm *norm, const float *x, const float *mean, const float *inverse,
                    float *y, long rows);

/// sum = x + branch + bias, then y = the norm of sum.
void row_norm_sum(const RowNorm *norm, const float *x, const float *branch, const float *bias,
                  float *sum, float *y, float *mean, float *inverse, long rows);

/// dx = the gradient by x, plus `residual` unless it is null (it may be dx); the sums over rows are
/// stored to dweight and dbias [width].
void row_norm_gradient(const RowNorm *norm, const float *x, const float *mean,
                       const float *inverse, const float *dy, const float *residual, float *dx,
                       float *dweight, float *dbias, long rows);

/// y = x + branch + bias in every row; y may be x or branch.
void rows_add(const float *x, const float *branch, const float *bias, float *y, long rows,
              long width);

// -- GELU (Hendrycks and Gimpel, 2016) of z + bias

/// y = z * Phi(z) of rows z [rows, width] + bias [width]; `isTanh` takes the paper's approximation
/// of Phi by a hyperbolic tangent. y may be z.
void gelu_rows(const float *z, const float *bias, float *y, long rows, long width, int isTanh);

/// d: in, the gradient by y; out, the gradient by z. Stores y once more and the column sums of d's
/// new values to dbias. Rows are `stride` apart.
void gelu_rows_gradient(const float *z, const float *bias, float *d, float *y, float *dbias,
                        long rows, long width, long stride, int isTanh);

// -- Softmax over the first `count` columns of rows that are `stride` apart, a multiple of 16

/// p = exp(p - max) / sum; zeros from `count` up to `stride`.
void softmax_rows(float *p, long rows, long count, long stride);

/// d = scale * p * (d - p . d); zeros from `count` up to `stride`.
void softmax_rows_gradient(const float *p, float *d, long rows, long count, long stride,
                           float scale);

// -- Dropout

/// x[i] = x[i] * scale where number `first + i` drawn under `seed` is at least `threshold` of 2^32,
/// 0 elsewhere. Equal seeds drop equal places.
void drop_values(float *x, long first, long count, uint64_t seed, uint32_t threshold,
                 float scale);

// -- Patches of an image [height, width, channels]

/// A grid of patches; what a patch covers beyond the image is zero.
typedef struct {
  long height, width, channels;
  long patchHeight, patchWidth;
} PatchGrid;

/// rows [patches, patchHeight * patchWidth * channels], patches row by row.
void patch_gather(const PatchGrid *grid, const float *image, float *rows);

/// The transpose of `patch_gather`: fills the image.
void patch_scatter(const PatchGrid *grid, const float *rows, float *image);

/// y += x.
void values_add(float *y, const float *x, long count);
