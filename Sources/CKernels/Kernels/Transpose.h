#pragma once

#include "Lanes.h"

/// Eight rows of eight numbers each become columns of rows `toRow` apart.
INLINE void transpose_eight(const float *const from[8], long column, float *restrict to,
                            long toRow) {
  typedef float Eight __attribute__((ext_vector_type(8), aligned(4)));
  Eight r[8], pairs[8], fours[8];
  UNROLLED(i, 8) r[i] = *(const Eight *)(from[i] + column);
  UNROLLED(i, 4) {
    const Eight a = r[2 * i], b = r[2 * i + 1];
    pairs[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[2 * i + 1] = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
  }
  UNROLLED(i, 4) {
    const long first = i / 2 * 4 + i % 2;
    const Eight a = pairs[first], b = pairs[first + 2];
    fours[2 * i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
    fours[2 * i + 1] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  UNROLLED(i, 4) {
    const Eight a = fours[i], b = fours[i + 4];
    *(Eight *)(to + i * toRow) = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    *(Eight *)(to + (i + 4) * toRow) = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
}
