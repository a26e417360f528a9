#pragma once

#include <stddef.h>

#include "Kernel.h"

// Kernels of head gradient modification: float64, row-major.
//
// A symmetric matrix is its upper triangle, in rows of `size`: what lies below the diagonal is
// never read, so symmetry is exact and half the memory is touched. Every sum has one order, fixed
// by the sizes alone: a run repeats bit for bit on one machine.

/// `product [rows, size] = x [rows, size] * m`, m symmetric.
KERNEL(void, projector_symmetric_product,
       (const double *m, ptrdiff_t size, const double *x, ptrdiff_t rows, double *product),
       (m, size, x, rows, product))

/// `product [rows, size] = x * u' * diag(c) * u` with `u [rank, size]`.
KERNEL(void, projector_factored_product,
       (const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *x, ptrdiff_t
       rows, double *product),
       (u, c, rank, size, x, rows, product))

/// `m = u' * diag(c) * u`, symmetric.
KERNEL(void, projector_symmetric_expand,
       (double *m, ptrdiff_t size, const double *u, const double *c, ptrdiff_t rank),
       (m, size, u, c, rank))

/// `m = scale * m + shift * I - q q' / denominator`, symmetric, in one pass.
///
/// Gives the squares of all entries, summed over both triangles, and the trace of the result.
KERNEL(void, projector_symmetric_update,
       (double *m, ptrdiff_t size, const double *q, double scale, double shift, double denominator,
       double *squares, double *trace),
       (m, size, q, scale, shift, denominator, squares, trace))

/// `m_ij = scale * m_ij + shift * (i = j) - q_i q_j / (lambda + q_i h_j)`, all of m, in one pass.
KERNEL(void, projector_outer_update,
       (double *m, ptrdiff_t size, const double *q, const double *h, double scale, double shift,
       double lambda, double *squares, double *trace),
       (m, size, q, h, scale, shift, lambda, squares, trace))

/// `y = scale * y + shift * x`; the result is `x . y`.
KERNEL(double, projector_shift,
       (double *y, const double *x, double scale, double shift, ptrdiff_t count),
       (y, x, scale, shift, count))

/// The sum over i of `c_i * (u_i . q)^2` with `u [rank, size]`; gives `q . q` too.
KERNEL(double, projector_overlap,
       (const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *q, double
       *length),
       (u, c, rank, size, q, length))

/// `wide = narrow`, exactly.
KERNEL(void, projector_widen,
       (const float *narrow, double *wide, ptrdiff_t count),
       (narrow, wide, count))

/// `narrow = scale * product + shift * x`, rounded once.
KERNEL(void, projector_round,
       (const double *product, const double *x, double scale, double shift, float *narrow, ptrdiff_t
       count),
       (product, x, scale, shift, narrow, count))
