#include "ProjectorKernels.h"

#include <string.h>

#include "Clones.h"

// Inlined once for each number of rows, so that the inner loops over them unroll into registers.
#define TILE static inline __attribute__((always_inline)) void

// Two rows of x against four of the matrix fill the vector registers; three rows spill.
enum { ROWS = 2, BLOCK = 4 };

// A few rows x times m. Each stored entry serves twice: in its own column, and mirrored.
TILE symmetric_tile(
    const double *restrict m, ptrdiff_t size, const double *restrict x, double *restrict product,
    const int rows) {
  memset(product, 0, (size_t)rows * (size_t)size * sizeof *product);
  ptrdiff_t i = 0;
  for (; i + BLOCK <= size; i += BLOCK) {
    const double *m0 = m + i * size, *m1 = m0 + size, *m2 = m1 + size, *m3 = m2 + size;
    double sum[ROWS][BLOCK], own[ROWS][BLOCK];
    for (int r = 0; r < rows; r++) {
      const double *o = x + r * size + i;
      const double o0 = o[0], o1 = o[1], o2 = o[2], o3 = o[3];
      own[r][0] = o0, own[r][1] = o1, own[r][2] = o2, own[r][3] = o3;
      // The block on the diagonal, mirrored by hand.
      sum[r][0] = m0[i] * o0 + m0[i + 1] * o1 + m0[i + 2] * o2 + m0[i + 3] * o3;
      sum[r][1] = m0[i + 1] * o0 + m1[i + 1] * o1 + m1[i + 2] * o2 + m1[i + 3] * o3;
      sum[r][2] = m0[i + 2] * o0 + m1[i + 2] * o1 + m2[i + 2] * o2 + m2[i + 3] * o3;
      sum[r][3] = m0[i + 3] * o0 + m1[i + 3] * o1 + m2[i + 3] * o2 + m3[i + 3] * o3;
    }
    for (ptrdiff_t j = i + BLOCK; j < size; j++) {
#pragma clang fp reassociate(on)
      const double e0 = m0[j], e1 = m1[j], e2 = m2[j], e3 = m3[j];
      for (int r = 0; r < rows; r++) {
        const double xj = x[r * size + j];
        sum[r][0] += e0 * xj;
        sum[r][1] += e1 * xj;
        sum[r][2] += e2 * xj;
        sum[r][3] += e3 * xj;
        product[r * size + j] +=
            (e0 * own[r][0] + e1 * own[r][1]) + (e2 * own[r][2] + e3 * own[r][3]);
      }
    }
    for (int r = 0; r < rows; r++)
      for (int b = 0; b < BLOCK; b++) product[r * size + i + b] += sum[r][b];
  }
  for (; i < size; i++)
    for (int r = 0; r < rows; r++)
      for (ptrdiff_t j = i; j < size; j++) {
        product[r * size + i] += m[i * size + j] * x[r * size + j];
        if (j > i) product[r * size + j] += m[i * size + j] * x[r * size + i];
      }
}

CLONES void projector_symmetric_product(
    const double *m, ptrdiff_t size, const double *x, ptrdiff_t rows, double *product) {
  ptrdiff_t r = 0;
  for (; r + ROWS <= rows; r += ROWS)
    symmetric_tile(m, size, x + r * size, product + r * size, ROWS);
  if (r < rows) symmetric_tile(m, size, x + r * size, product + r * size, 1);
}

// A few rows x times u' diag(c) u for a block of factors, which the nearest cache keeps between the
// two halves.
TILE factored_tile(
    const double *restrict u, const double *restrict c, ptrdiff_t size, const double *restrict x,
    double *restrict product, const int rows, const int block) {
  double sum[ROWS][BLOCK] = {{0}};
  for (ptrdiff_t j = 0; j < size; j++) {
#pragma clang fp reassociate(on)
    for (int r = 0; r < rows; r++)
      for (int b = 0; b < block; b++) sum[r][b] += u[b * size + j] * x[r * size + j];
  }
  for (int r = 0; r < rows; r++)
    for (int b = 0; b < block; b++) sum[r][b] *= c[b];
  for (ptrdiff_t j = 0; j < size; j++)
    for (int r = 0; r < rows; r++) {
      double p = product[r * size + j];
      for (int b = 0; b < block; b++) p += sum[r][b] * u[b * size + j];
      product[r * size + j] = p;
    }
}

TILE factored_rows(
    const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *x,
    double *product, const int rows) {
  memset(product, 0, (size_t)rows * (size_t)size * sizeof *product);
  ptrdiff_t k = 0;
  for (; k + BLOCK <= rank; k += BLOCK)
    factored_tile(u + k * size, c + k, size, x, product, rows, BLOCK);
  for (; k < rank; k++) factored_tile(u + k * size, c + k, size, x, product, rows, 1);
}

CLONES void projector_factored_product(
    const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *x,
    ptrdiff_t rows, double *product) {
  ptrdiff_t r = 0;
  for (; r + ROWS <= rows; r += ROWS)
    factored_rows(u, c, rank, size, x + r * size, product + r * size, ROWS);
  if (r < rows) factored_rows(u, c, rank, size, x + r * size, product + r * size, 1);
}

// A few rows of u' diag(c) u, from the first one's diagonal on, for a block of factors.
TILE expand_tile(
    double *restrict row, ptrdiff_t size, ptrdiff_t first, const double *restrict u,
    const double *restrict c, const int rows, const int block) {
  double own[BLOCK][BLOCK];
  for (int r = 0; r < rows; r++)
    for (int b = 0; b < block; b++) own[r][b] = c[b] * u[b * size + first + r];
  for (ptrdiff_t j = first; j < size; j++)
    for (int r = 0; r < rows; r++) {
      double e = row[r * size + j];
      for (int b = 0; b < block; b++) e += own[r][b] * u[b * size + j];
      row[r * size + j] = e;
    }
}

TILE expand_rows(
    double *m, ptrdiff_t size, ptrdiff_t first, const double *u, const double *c, ptrdiff_t rank,
    const int rows) {
  double *row = m + first * size;
  for (int r = 0; r < rows; r++)
    memset(row + r * size + first, 0, (size_t)(size - first) * sizeof *row);
  ptrdiff_t k = 0;
  for (; k + BLOCK <= rank; k += BLOCK)
    expand_tile(row, size, first, u + k * size, c + k, rows, BLOCK);
  for (; k < rank; k++) expand_tile(row, size, first, u + k * size, c + k, rows, 1);
}

CLONES void projector_symmetric_expand(
    double *m, ptrdiff_t size, const double *u, const double *c, ptrdiff_t rank) {
  ptrdiff_t i = 0;
  for (; i + BLOCK <= size; i += BLOCK) expand_rows(m, size, i, u, c, rank, BLOCK);
  for (; i < size; i++) expand_rows(m, size, i, u, c, rank, 1);
}

CLONES void projector_symmetric_update(
    double *restrict m, ptrdiff_t size, const double *restrict q, double scale, double shift,
    double denominator, double *squares, double *trace) {
  double allSquares = 0, diagonal = 0;
  for (ptrdiff_t i = 0; i < size; i++) {
    double *row = m + i * size;
    const double t = q[i] / denominator, d = scale * row[i] + shift - t * q[i];
    double sum = 0;
    row[i] = d;
    for (ptrdiff_t j = i + 1; j < size; j++) {
#pragma clang fp reassociate(on)
      const double e = scale * row[j] - t * q[j];
      row[j] = e;
      sum += e * e;
    }
    allSquares += d * d + 2 * sum;
    diagonal += d;
  }
  *squares = allSquares;
  *trace = diagonal;
}

CLONES void projector_outer_update(
    double *restrict m, ptrdiff_t size, const double *restrict q, const double *restrict h,
    double scale, double shift, double lambda, double *squares, double *trace) {
  double allSquares = 0, diagonal = 0;
  for (ptrdiff_t i = 0; i < size; i++) {
    double *row = m + i * size;
    const double qi = q[i], d = scale * row[i] + shift - (qi * qi) / (lambda + qi * h[i]);
    double sum = 0;
    for (ptrdiff_t j = 0; j < size; j++) {
#pragma clang fp reassociate(on)
      const double e = scale * row[j] - (qi * q[j]) / (lambda + qi * h[j]);
      row[j] = e;
      sum += j == i ? 0 : e * e;
    }
    row[i] = d;
    allSquares += d * d + sum;
    diagonal += d;
  }
  *squares = allSquares;
  *trace = diagonal;
}

CLONES double projector_shift(
    double *restrict y, const double *restrict x, double scale, double shift, ptrdiff_t count) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
#pragma clang fp reassociate(on)
    const double e = scale * y[i] + shift * x[i];
    y[i] = e;
    sum += x[i] * e;
  }
  return sum;
}

CLONES double projector_overlap(
    const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size, const double *q,
    double *length) {
  double total = 0, own = 0;
  for (ptrdiff_t k = 0; k < rank; k++) {
    double sum = 0;
    for (ptrdiff_t j = 0; j < size; j++) {
#pragma clang fp reassociate(on)
      sum += u[k * size + j] * q[j];
    }
    total += c[k] * sum * sum;
  }
  for (ptrdiff_t j = 0; j < size; j++) {
#pragma clang fp reassociate(on)
    own += q[j] * q[j];
  }
  *length = own;
  return total;
}

CLONES void projector_widen(const float *narrow, double *wide, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) wide[i] = narrow[i];
}

CLONES void projector_round(
    const double *product, const double *x, double scale, double shift, float *narrow,
    ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) narrow[i] = (float)(scale * product[i] + shift * x[i]);
}
