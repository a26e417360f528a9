#pragma once

// Products of head gradient modification, in float64. Every sum has one order, fixed by the sizes
// alone.
//
// A symmetric matrix is its upper triangle, in rows of `size`: what lies below the diagonal is
// never read, so symmetry is exact and half the memory is touched.
#include <stddef.h>

#include "Kernel.h"

/// `product [rows, size] = x [rows, size] * m`, m symmetric. A stored entry serves twice, in its
/// own column and mirrored: four rows of m at a time, rows ascending, each row's part in four lanes
/// that are added in one tree.
KERNEL(void, projector_symmetric_product,
       (const double *m, ptrdiff_t size, const double *x, ptrdiff_t rows, double *product),
       (m, size, x, rows, product))

/// `product [rows, size] = x * u' * diag(c) * u` with `u [rank, size]` and `c [rank]`.
/// Four factors at a time, then one by one: a row's products with u in four lanes, added in one
/// tree.
KERNEL(void, projector_factored_product,
       (const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *x,
        ptrdiff_t rows, double *product),
       (u, c, rank, size, x, rows, product))

/// `m [size, size] = u' * diag(c) * u`, symmetric: each entry one chain over the factors from 0.
KERNEL(void, projector_symmetric_expand,
       (double *m, ptrdiff_t size, const double *u, const double *c, ptrdiff_t rank),
       (m, size, u, c, rank))
