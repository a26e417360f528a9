#pragma once

// Matrix products whose bits depend on nothing but the numbers: every output is one chain of fused
// multiply-adds in the order of k,
//
//   c = beta * c;  c = fma(alpha * a[i][0], b[0][j], c);  c = fma(alpha * a[i][1], b[1][j], c);  …
//
// with beta * c and alpha * a rounded once each. Tiles, lanes, packing and threads do not change
// it: between blocks of k the sum is stored and taken up again, which changes no bit.
#include "Kernel.h"

/// c [m, n] = alpha * a [m, k] * b [k, n] + beta * c in float32. Each matrix comes with the
/// distance of neighbours along its axes, so that any of a and b may be stored transposed; c's
/// columns are neighbours, and one of the distances of a and of b is 1. c is not read if beta is 0.
typedef struct {
  const float *a, *b;
  float *c;
  long m, n, k;
  long aRow, aStep, bStep, bColumn, cRow;
  float alpha, beta;
} FloatProduct;

/// The same in float64.
typedef struct {
  const double *a, *b;
  double *c;
  long m, n, k;
  long aRow, aStep, bStep, bColumn, cRow;
  double alpha, beta;
  /// Whether b is symmetric, given by its upper triangle in rows of `bStep`.
  int bIsSymmetric;
} DoubleProduct;

/// Fills c, which overlaps neither a nor b.
KERNEL(void, product_float, (const FloatProduct *product), (product))

/// The same in float64.
KERNEL(void, product_double, (const DoubleProduct *product), (product))
