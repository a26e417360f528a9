#include "../Sums.h"

// Inlined once for each number of rows, so that the inner loops over them unroll into registers.
#define TILE INLINE void

// Two rows of x against four of the matrix fill the vector registers; three rows spill.
enum { PROJECTED_ROWS = 2, FACTORS = 4 };

// A few rows x times m. Each stored entry serves twice: in its own column, and mirrored.
TILE symmetric_tile(const double *restrict m, ptrdiff_t size, const double *restrict x,
                    double *restrict product, const int rows) {
  memset(product, 0, (size_t)rows * (size_t)size * sizeof *product);
  ptrdiff_t i = 0;
  for (; i + FACTORS <= size; i += FACTORS) {
    const double *row[FACTORS];
    UNROLLED(b, FACTORS) row[b] = m + (i + b) * size;
    DoubleLanes sum[PROJECTED_ROWS][FACTORS];
    double rest[PROJECTED_ROWS][FACTORS], own[PROJECTED_ROWS][FACTORS];
    UNROLLED(r, rows) {
      UNROLLED(b, FACTORS) {
        sum[r][b] = 0;
        own[r][b] = x[r * size + i + b];
      }
      // The block on the diagonal, mirrored by hand.
      UNROLLED(b, FACTORS) {
        rest[r][b] = row[0][i + b] * own[r][0];
        UNROLLED(k, FACTORS - 1) {
          const double entry = k + 1 <= b ? row[k + 1][i + b] : row[b][i + k + 1];
          rest[r][b] = fused_number(entry, own[r][k + 1], rest[r][b]);
        }
      }
    }
    ptrdiff_t j = i + FACTORS;
    for (; j + DOUBLE_LANES <= size; j += DOUBLE_LANES) {
      UNROLLED(r, rows) {
        const DoubleLanes other = doubles_at(x + r * size + j);
        DoubleLanes mirrored = doubles_at(product + r * size + j);
        UNROLLED(b, FACTORS) {
          const DoubleLanes entries = doubles_at(row[b] + j);
          sum[r][b] = fused_doubles(entries, other, sum[r][b]);
          mirrored = fused_doubles(entries, own[r][b], mirrored);
        }
        *(DoubleLanes *)(product + r * size + j) = mirrored;
      }
    }
    for (; j < size; j++) {
      UNROLLED(r, rows) {
        UNROLLED(b, FACTORS) {
          rest[r][b] = fused_number(row[b][j], x[r * size + j], rest[r][b]);
          product[r * size + j] = fused_number(row[b][j], own[r][b], product[r * size + j]);
        }
      }
    }
    UNROLLED(r, rows) {
      UNROLLED(b, FACTORS) product[r * size + i + b] += lanes_total(&sum[r][b], rest[r][b]);
    }
  }
  for (; i < size; i++)
    for (int r = 0; r < rows; r++)
      for (ptrdiff_t j = i; j < size; j++) {
        const double entry = m[i * size + j];
        double *to = product + r * size;
        to[i] = fused_number(entry, x[r * size + j], to[i]);
        if (j > i) to[j] = fused_number(entry, x[r * size + i], to[j]);
      }
}

void WIDE(projector_symmetric_product)(const double *m, ptrdiff_t size, const double *x,
                                       ptrdiff_t rows, double *product) {
  ptrdiff_t r = 0;
  for (; r + PROJECTED_ROWS <= rows; r += PROJECTED_ROWS)
    symmetric_tile(m, size, x + r * size, product + r * size, PROJECTED_ROWS);
  if (r < rows) symmetric_tile(m, size, x + r * size, product + r * size, 1);
}

// A few rows x times u' diag(c) u for a block of factors, which the nearest cache keeps between the
// two halves.
TILE factored_tile(const double *restrict u, const double *restrict c, ptrdiff_t size,
                   const double *restrict x, double *restrict product, const int rows,
                   const int block) {
  DoubleLanes sum[PROJECTED_ROWS][FACTORS];
  double factor[PROJECTED_ROWS][FACTORS];
  UNROLLED(r, rows) {
    UNROLLED(b, block) {
      sum[r][b] = 0;
      factor[r][b] = 0;
    }
  }
  ptrdiff_t j = 0;
  for (; j + DOUBLE_LANES <= size; j += DOUBLE_LANES) {
    UNROLLED(r, rows) {
      UNROLLED(b, block) {
        sum[r][b] =
            fused_doubles(doubles_at(u + b * size + j), doubles_at(x + r * size + j), sum[r][b]);
      }
    }
  }
  for (; j < size; j++) {
    UNROLLED(r, rows) {
      UNROLLED(b, block) {
        factor[r][b] = fused_number(u[b * size + j], x[r * size + j], factor[r][b]);
      }
    }
  }
  UNROLLED(r, rows) {
    UNROLLED(b, block) factor[r][b] = lanes_total(&sum[r][b], factor[r][b]) * c[b];
  }
  for (j = 0; j < size; j++)
    UNROLLED(r, rows) {
      double p = product[r * size + j];
      UNROLLED(b, block) p = fused_number(factor[r][b], u[b * size + j], p);
      product[r * size + j] = p;
    }
}

TILE factored_rows(const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size,
                   const double *x, double *product, const int rows) {
  memset(product, 0, (size_t)rows * (size_t)size * sizeof *product);
  ptrdiff_t k = 0;
  for (; k + FACTORS <= rank; k += FACTORS)
    factored_tile(u + k * size, c + k, size, x, product, rows, FACTORS);
  for (; k < rank; k++) factored_tile(u + k * size, c + k, size, x, product, rows, 1);
}

void WIDE(projector_factored_product)(const double *u, const double *c, ptrdiff_t rank,
                                      ptrdiff_t size, const double *x, ptrdiff_t rows,
                                      double *product) {
  ptrdiff_t r = 0;
  for (; r + PROJECTED_ROWS <= rows; r += PROJECTED_ROWS)
    factored_rows(u, c, rank, size, x + r * size, product + r * size, PROJECTED_ROWS);
  if (r < rows) factored_rows(u, c, rank, size, x + r * size, product + r * size, 1);
}

// A few rows of u' diag(c) u, from the first one's diagonal on, for a block of factors.
TILE expand_tile(double *restrict row, ptrdiff_t size, ptrdiff_t first, const double *restrict u,
                 const double *restrict c, const int rows, const int block) {
  double own[FACTORS][FACTORS];
  UNROLLED(r, rows)
    UNROLLED(b, block) own[r][b] = c[b] * u[b * size + first + r];
  for (ptrdiff_t j = first; j < size; j++)
    UNROLLED(r, rows) {
      double e = row[r * size + j];
      UNROLLED(b, block) e = fused_number(own[r][b], u[b * size + j], e);
      row[r * size + j] = e;
    }
}

TILE expand_rows(double *m, ptrdiff_t size, ptrdiff_t first, const double *u, const double *c,
                 ptrdiff_t rank, const int rows) {
  double *row = m + first * size;
  for (int r = 0; r < rows; r++)
    memset(row + r * size + first, 0, (size_t)(size - first) * sizeof *row);
  ptrdiff_t k = 0;
  for (; k + FACTORS <= rank; k += FACTORS)
    expand_tile(row, size, first, u + k * size, c + k, rows, FACTORS);
  for (; k < rank; k++) expand_tile(row, size, first, u + k * size, c + k, rows, 1);
}

void WIDE(projector_symmetric_expand)(double *m, ptrdiff_t size, const double *u, const double *c,
                                      ptrdiff_t rank) {
  ptrdiff_t i = 0;
  for (; i + FACTORS <= size; i += FACTORS) expand_rows(m, size, i, u, c, rank, FACTORS);
  for (; i < size; i++) expand_rows(m, size, i, u, c, rank, 1);
}
