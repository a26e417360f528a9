#include "../../ProductWorkspace.h"
#include "../Lanes.h"
#include "../Transpose.h"

// The packed product of Goto and van de Geijn (2008): b is packed in panels that fit the
// second-level cache, a few rows of a at a time in rows that fit the first, and tiles of the result
// stay in registers for a whole block of k. PackedProduct.h is the construction, once for float32
// and once for float64.

/// Copies `bytes`, fewer than 64 and a multiple of four, without a call.
INLINE void copy_few(void *restrict to, const void *restrict from, long bytes) {
  char *target = to;
  const char *source = from;
#define COPIED(size)              \
  if (bytes & (size)) {           \
    memcpy(target, source, size); \
    target += size;               \
    source += size;               \
  }
  COPIED(32)
  COPIED(16)
  COPIED(8)
  COPIED(4)
#undef COPIED
}

/// A panel to [columns, TILE_LANES * 16] = from [rows, columns] transposed. After the last row it
/// is repeated until a vector is full.
static void transpose_float(const float *restrict from, long fromRow, long rows, long columns,
                            float *restrict to) {
  const long toRow = TILE_LANES * LANES, filled = (rows + LANES - 1) / LANES * LANES;
  for (long i = 0; i < filled; i += 8) {
    const float *eight[8];
    UNROLLED(k, 8) eight[k] = from + clamped(i + k, rows - 1) * fromRow;
    long j = 0;
    for (; j + 8 <= columns; j += 8) transpose_eight(eight, j, to + j * toRow + i, toRow);
    for (; j < columns; ++j) {
      UNROLLED(k, 8) to[j * toRow + i + k] = eight[k][j];
    }
  }
}

/// The same with vectors of eight numbers.
static void transpose_double(const double *restrict from, long fromRow, long rows, long columns,
                             double *restrict to) {
  const long toRow = TILE_LANES * 8, filled = (rows + 7) / 8 * 8;
  for (long i = 0; i < filled; i += 8) {
    const double *eight[8];
    UNROLLED(k, 8) eight[k] = from + clamped(i + k, rows - 1) * fromRow;
    for (long j = 0; j < columns; ++j) {
      UNROLLED(k, 8) to[j * toRow + i + k] = eight[k][j];
    }
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
