#pragma once

// Updates of the projection's matrix m [size, size] in one pass, in float64, with vectors q and h
// [size]. Each gives the sum of the squares of all entries of the result, and its trace: a row's
// squares are added as in `values_sum_of_squares`, rows ascending.
#include <stddef.h>

#include "Kernel.h"

/// `m = scale * m + shift * I - q q' / denominator`, symmetric: its upper triangle, as in
/// ProjectorProducts.h. The squares are those of both triangles.
KERNEL(void, projector_symmetric_update,
       (double *m, ptrdiff_t size, const double *q, double scale, double shift, double denominator,
        double *squares, double *trace),
       (m, size, q, scale, shift, denominator, squares, trace))

/// `m_ij = scale * m_ij + shift * (i = j) - q_i q_j / (lambda + q_i h_j)`, all of m. In the sum of
/// a row's squares, what lies before the diagonal and what lies after it are added first.
KERNEL(void, projector_outer_update,
       (double *m, ptrdiff_t size, const double *q, const double *h, double scale, double shift,
        double lambda, double *squares, double *trace),
       (m, size, q, h, scale, shift, lambda, squares, trace))
