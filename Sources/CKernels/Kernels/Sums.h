#pragma once

#include "Lanes.h"

// Sums of doubles over sixteen places at a time, in four registers of four, whose sum has one order:
// so no processor adds in an order of its own.

typedef struct {
  DoubleLanes parts[4];
  double rest;
} Sum;

/// The total of what was added.
INLINE double sum_total(const Sum *sum) {
  const DoubleLanes all =
      (sum->parts[0] + sum->parts[2]) + (sum->parts[1] + sum->parts[3]);
  return ((all[0] + all[2]) + (all[1] + all[3])) + sum->rest;
}

/// The sum of x[i] * y[i].
INLINE double dot_product(const double *x, const double *y, long count) {
  Sum sum = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      sum.parts[k] = fused_doubles(
          *(const DoubleLanes *)(x + i + 4 * k), *(const DoubleLanes *)(y + i + 4 * k),
          sum.parts[k]);
    }
  }
  for (; i < count; ++i) sum.rest = fused_number(x[i], y[i], sum.rest);
  return sum_total(&sum);
}
