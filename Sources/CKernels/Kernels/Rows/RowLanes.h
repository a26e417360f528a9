#pragma once

#include "../Lanes.h"

/// Folds 16 lanes by `op` into every lane, in one fixed order.
#define lanes_fold(v, op)                                                                          \
  do {                                                                                             \
    v = (v)op __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7); \
    v = (v)op __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11); \
    v = (v)op __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13); \
    v = (v)op __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14); \
  } while (0)

/// The larger of each lane, in one instruction: the second where one of them is not a number.
#define lanes_larger(a, b)              \
  ({                                    \
    const Lanes one = (a), other = (b); \
    one > other ? one : other;          \
  })

/// The largest of 16 lanes in every lane.
#define lanes_maximum(v)                                                                         \
  do {                                                                                           \
    v = lanes_larger(                                                                            \
        v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)); \
    v = lanes_larger(                                                                            \
        v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)); \
    v = lanes_larger(                                                                            \
        v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)); \
    v = lanes_larger(                                                                            \
        v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)); \
  } while (0)

/// The numbers 0 … 15.
#define LANE_NUMBERS ((IntLanes){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})

/// Zeros from lane `n` on.
#define lanes_clear(v, n)                                          \
  do {                                                             \
    if ((n) < LANES) v = LANE_NUMBERS < (int)(n) ? (v) : (Lanes)0; \
  } while (0)

/// y = x + (branch + bias), one row; y may be any of them.
INLINE void add_row(const float *x, const float *branch, const float *bias, float *y, long width) {
  for (long j = 0; j < width; j += LANES) {
    const long n = width - j;
    const Lanes sum = lanes_load(x + j, n) + (lanes_load(branch + j, n) + lanes_load(bias + j, n));
    lanes_store(y + j, sum, n);
  }
}
