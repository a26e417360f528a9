#include "../../ProductWorkspace.h"
#include "../Lanes.h"

// The packed product of Goto and van de Geijn (2008): b is packed in panels that fit the
// second-level cache, a few rows of a at a time in rows that fit the first, and tiles of the result
// stay in registers for a whole block of k. PackedProduct.h is the construction, once for float32
// and once for float64.

/// Rows of `height` elements at a time become the columns of rows `toRow` apart, eight by eight.
INLINE void transpose_eight(const float *restrict from, long row, float *restrict to, long toRow) {
  typedef float Eight __attribute__((ext_vector_type(8), aligned(4)));
  Eight r[8], pairs[8], fours[8];
  UNROLLED(i, 8) r[i] = *(const Eight *)(from + i * row);
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

/// to [columns, rows] = from [rows, columns] transposed, rows so far apart.
INLINE void transpose_float(const float *restrict from, long fromRow, long rows, long columns,
                            float *restrict to, long toRow) {
  long i = 0;
  for (; i + 8 <= rows; i += 8) {
    long j = 0;
    for (; j + 8 <= columns; j += 8) {
      transpose_eight(from + i * fromRow + j, fromRow, to + j * toRow + i, toRow);
    }
    for (; j < columns; ++j) {
      UNROLLED(k, 8) to[j * toRow + i + k] = from[(i + k) * fromRow + j];
    }
  }
  for (; i < rows; ++i) {
    for (long j = 0; j < columns; ++j) to[j * toRow + i] = from[i * fromRow + j];
  }
}

INLINE void transpose_double(const double *restrict from, long fromRow, long rows, long columns,
                             double *restrict to, long toRow) {
  for (long j = 0; j < columns; ++j) {
    for (long i = 0; i < rows; ++i) to[j * toRow + i] = from[i * fromRow + j];
  }
}

enum { DEPTH = 256 };

#define REAL float
#define PRODUCT_OF FloatProduct
#define VECTOR Lanes
#define NAMED(name) WIDTH_EXPANDED(name, float)
#define SYMMETRIC(p) 0
#define BLOCK_COLUMNS 512
#include "PackedProduct.h"

void WIDE(product_float)(const FloatProduct *product) { multiply_float(product); }

#undef REAL
#undef PRODUCT_OF
#undef VECTOR
#undef NAMED
#undef SYMMETRIC
#undef BLOCK_COLUMNS

typedef double WideDoubles __attribute__((ext_vector_type(8), aligned(8)));

#define REAL double
#define PRODUCT_OF DoubleProduct
#define VECTOR WideDoubles
#define NAMED(name) WIDTH_EXPANDED(name, double)
#define SYMMETRIC(p) ((p)->bIsSymmetric)
#define BLOCK_COLUMNS 256
#include "PackedProduct.h"

void WIDE(product_double)(const DoubleProduct *product) { multiply_double(product); }
