#pragma once

// Layer normalisation of rows x [rows, width]. Sums over a row run in sixteen lanes, column j in
// lane j mod 16, and are added in one tree; sums over rows, rows ascending.
#include "Kernel.h"

/// What a layer norm multiplies by and adds, [width], and what it adds to the variance.
typedef struct {
  const float *weight, *bias;
  long width;
  float epsilon;
} RowNorm;

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias; keeps the mean and the inverse
/// deviation of each row, [rows].
KERNEL(void, norm_rows,
       (const RowNorm *norm, const float *x, float *y, float *mean, float *inverse, long rows),
       (norm, x, y, mean, inverse, rows))

/// The same y from the means and inverse deviations that were kept: equal bits.
KERNEL(void, norm_rows_again,
       (const RowNorm *norm, const float *x, const float *mean, const float *inverse, float *y,
        long rows),
       (norm, x, mean, inverse, y, rows))

/// sum = x + (branch + bias [width]), then y = the norm of sum; sum may be branch.
KERNEL(void, norm_rows_sum,
       (const RowNorm *norm, const float *x, const float *branch, const float *bias, float *sum,
        float *y, float *mean, float *inverse, long rows),
       (norm, x, branch, bias, sum, y, mean, inverse, rows))

/// dx = the gradient with respect to x, plus `residual` unless it is null; dy or residual may be
/// dx. The sums over rows are stored to dweight and dbias [width].
KERNEL(void, norm_rows_gradient,
       (const RowNorm *norm, const float *x, const float *mean, const float *inverse,
        const float *dy, const float *residual, float *dx, float *dweight, float *dbias, long rows),
       (norm, x, mean, inverse, dy, residual, dx, dweight, dbias, rows))
