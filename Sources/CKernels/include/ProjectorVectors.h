#pragma once

// Vectors of the projection, in float64 unless it says so. A dot product is added as in
// `values_sum_of_squares`.
#include <stddef.h>

#include "Kernel.h"

/// `y = scale * y + shift * x`; the result is `x . y`.
KERNEL(double, projector_shift,
       (double *y, const double *x, double scale, double shift, ptrdiff_t count),
       (y, x, scale, shift, count))

/// The sum over i, ascending, of `c_i * (u_i . q)^2` with `u [rank, size]`, `c [rank]` and `q
/// [size]`; gives `q . q` too, as `length`.
KERNEL(double, projector_overlap,
       (const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *q,
        double *length),
       (u, c, rank, size, q, length))

/// `wide = narrow`, exactly.
KERNEL(void, projector_widen, (const float *narrow, double *wide, ptrdiff_t count),
       (narrow, wide, count))

/// `narrow = scale * product + shift * x`, rounded to float32 once.
KERNEL(void, projector_round,
       (const double *product, const double *x, double scale, double shift, float *narrow,
        ptrdiff_t count),
       (product, x, scale, shift, narrow, count))
