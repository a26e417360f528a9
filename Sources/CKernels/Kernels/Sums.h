#pragma once

#include "Lanes.h"

// Sums of doubles over sixteen places at a time, in four registers of four, whose sum has one
// order: so no processor adds in an order of its own.

#define doubles_at(p) (*(const DoubleLanes *)(p))

/// The sum of four lanes and a rest.
INLINE double lanes_total(const DoubleLanes *sum, double rest) {
  const DoubleLanes s = *sum;
  return ((s[0] + s[2]) + (s[1] + s[3])) + rest;
}

typedef struct {
  DoubleLanes parts[4];
  double rest;
} Sum;

/// The total of what was added.
INLINE double sum_total(const Sum *sum) {
  const DoubleLanes all = (sum->parts[0] + sum->parts[2]) + (sum->parts[1] + sum->parts[3]);
  return lanes_total(&all, sum->rest);
}

/// The sum of x[i] * y[i].
INLINE double dot_product(const double *x, const double *y, long count) {
  Sum sum = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      sum.parts[k] =
          fused_doubles(doubles_at(x + i + 4 * k), doubles_at(y + i + 4 * k), sum.parts[k]);
    }
  }
  for (; i < count; ++i) sum.rest = fused_number(x[i], y[i], sum.rest);
  return sum_total(&sum);
}
