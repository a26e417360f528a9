#pragma once

// Passes over `count` values.
#include "Kernel.h"

/// y = max(x, 0); NaN stays NaN, so that it is seen at the loss. `y` may be `x`.
KERNEL(void, values_rectify, (const float *x, float *y, long count), (x, y, count))

/// dx = y > 0 ? dy : 0, where y is what `values_rectify` gave.
KERNEL(void, values_rectify_gradient, (const float *y, const float *dy, float *dx, long count),
       (y, dy, dx, count))

/// y += x.
KERNEL(void, values_add, (float *y, const float *x, long count), (y, x, count))

/// y += x in float64.
KERNEL(void, values_add_double, (double *y, const double *x, long count), (y, x, count))

/// y = the sum of `arrays` (at least 1) arrays, added in one tree over their numbers: neighbours at
/// distance 1, then 2, then 4, as far as there are any. `y` may be one of them.
KERNEL(void, values_sum_arrays, (float *y, const float *const *x, long arrays, long count),
       (y, x, arrays, count))

/// x *= factor.
KERNEL(void, values_scale, (float *x, long count, float factor), (x, count, factor))

/// The sum of squares in float64: sixteen chains of fused multiply-adds, value i in chain i mod 16,
/// added in one tree, then what is left after the last whole sixteen.
KERNEL(double, values_sum_of_squares, (const float *x, long count), (x, count))

/// The sum of the squares of x - y, in the same order.
KERNEL(double, values_squared_distance, (const float *x, const float *y, long count), (x, y, count))

/// The sum of the squares of x - y, in the same order.
KERNEL(double, values_squared_distance_double, (const float *x, const double *y, long count),
       (x, y, count))

/// sums += factor * (x - y).
KERNEL(void, values_add_difference,
       (double *sums, const float *x, const double *y, long count, double factor),
       (sums, x, y, count, factor))

/// The sums of x - origin and of its squares, in the same order.
KERNEL(void, values_moments, (const float *x, long count, float origin, double *sums),
       (x, count, origin, sums))

/// The sums of x * x, x * y and y * y, in the same order.
KERNEL(void, values_products, (const float *x, const float *y, long count, double *sums),
       (x, y, count, sums))
