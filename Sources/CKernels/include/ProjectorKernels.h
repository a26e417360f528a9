#pragma once

#include <stddef.h>

// Kernels of head gradient modification: float64, row-major.
//
// A symmetric matrix is its upper triangle, in rows of `size`: what lies below the diagonal is
// never read, so symmetry is exact and half the memory is touched. Every sum has one order, fixed
// by the sizes alone: a run repeats bit for bit on one machine.

/// `product [rows, size] = x [rows, size] * m`, m symmetric.
void projector_symmetric_product(
    const double *m, ptrdiff_t size, const double *x, ptrdiff_t rows, double *product);

/// `product [rows, size] = x * u' * diag(c) * u` with `u [rank, size]`.
void projector_factored_product(
    const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *x,
    ptrdiff_t rows, double *product);

/// `m = u' * diag(c) * u`, symmetric.
void projector_symmetric_expand(
    double *m, ptrdiff_t size, const double *u, const double *c, ptrdiff_t rank);

/// `m = scale * m + shift * I - q q' / denominator`, symmetric, in one pass.
///
/// Gives the squares of all entries, summed over both triangles, and the trace of the result.
void projector_symmetric_update(
    double *m, ptrdiff_t size, const double *q, double scale, double shift, double denominator,
    double *squares, double *trace);

/// `m_ij = scale * m_ij + shift * (i = j) - q_i q_j / (lambda + q_i h_j)`, all of m, in one pass.
void projector_outer_update(
    double *m, ptrdiff_t size, const double *q, const double *h, double scale, double shift,
    double lambda, double *squares, double *trace);

/// `y = scale * y + shift * x`; the result is `x . y`.
double projector_shift(
    double *y, const double *x, double scale, double shift, ptrdiff_t count);

/// The sum over i of `c_i * (u_i . q)^2` with `u [rank, size]`; gives `q . q` too.
double projector_overlap(
    const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *q,
    double *length);

/// `wide = narrow`, exactly.
void projector_widen(const float *narrow, double *wide, ptrdiff_t count);

/// `narrow = scale * product + shift * x`, rounded once.
void projector_round(
    const double *product, const double *x, double scale, double shift, float *narrow,
    ptrdiff_t count);
