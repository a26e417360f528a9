#pragma once

// What a linear layer with a ReLU does behind its products, each in one pass over memory. No two
// arrays may overlap; every count may be zero.
#include "Kernel.h"

/// y [rows, columns] = max(y + bias [columns], 0); NaN stays NaN.
KERNEL(void, linear_rectify,
       (float *y, const float *bias, long rows, long columns),
       (y, bias, rows, columns))

/// dx [rows, columns] = y > 0 ? dy : 0, where y is what `linear_rectify` gave, and its column sums,
/// rows ascending and `stride` apart.
KERNEL(void, linear_rectify_gradient,
       (const float *y, const float *dy, float *dx, float *sums, long rows, long columns, long
       stride),
       (y, dy, dx, sums, rows, columns, stride))
