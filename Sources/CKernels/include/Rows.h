#pragma once

// Passes over rows x [rows, columns]. Sums over rows are in float32 unless it says so, rows
// ascending.
#include "Kernel.h"

/// y [rows, columns] += bias [columns] in every row.
KERNEL(void, rows_add_bias, (float *y, const float *bias, long rows, long columns),
       (y, bias, rows, columns))

/// y [rows, columns] = max(y + bias [columns], 0); NaN stays NaN.
KERNEL(void, rows_rectify, (float *y, const float *bias, long rows, long columns),
       (y, bias, rows, columns))

/// dx [rows, columns] = y > 0 ? dy : 0, where y is what `rows_rectify` gave, and its column sums
/// [columns]. Rows of all three are `stride` apart.
KERNEL(void, rows_rectify_gradient,
       (const float *y, const float *dy, float *dx, float *sums, long rows, long columns,
        long stride),
       (y, dy, dx, sums, rows, columns, stride))

/// sums [columns] = column sums of x [rows, columns], whose rows are `stride` apart.
KERNEL(void, rows_column_sums, (const float *x, float *sums, long rows, long columns, long stride),
       (x, sums, rows, columns, stride))

/// sums [columns] = column sums of x [rows, columns] in float64.
KERNEL(void, rows_column_sums_double, (const float *x, double *sums, long rows, long columns),
       (x, sums, rows, columns))

/// y = x + (branch + bias [columns]) in every row; any of x, branch and y may be the same.
KERNEL(void, rows_add,
       (const float *x, const float *branch, const float *bias, float *y, long rows, long columns),
       (x, branch, bias, y, rows, columns))
