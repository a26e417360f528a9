#include "../Sums.h"

/// row = scale * row - t * q; the sum of the results' squares.
INLINE double updated_squares(double *restrict row, const double *restrict q, double scale,
                              double t, ptrdiff_t count) {
  Sum sum = {{0}, 0};
  ptrdiff_t j = 0;
  for (; j + 16 <= count; j += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes e =
          fused_doubles(-t, doubles_at(q + j + 4 * k), scale * doubles_at(row + j + 4 * k));
      *(DoubleLanes *)(row + j + 4 * k) = e;
      sum.parts[k] = fused_doubles(e, e, sum.parts[k]);
    }
  }
  for (; j < count; j++) {
    const double e = fused_number(-t, q[j], scale * row[j]);
    row[j] = e;
    sum.rest = fused_number(e, e, sum.rest);
  }
  return sum_total(&sum);
}

void WIDE(projector_symmetric_update)(double *restrict m, ptrdiff_t size, const double *restrict q,
                                      double scale, double shift, double denominator,
                                      double *squares, double *trace) {
  double allSquares = 0, diagonal = 0;
  for (ptrdiff_t i = 0; i < size; i++) {
    double *row = m + i * size;
    const double t = q[i] / denominator, d = fused_number(-t, q[i], scale * row[i] + shift);
    row[i] = d;
    const double sum = updated_squares(row + i + 1, q + i + 1, scale, t, size - i - 1);
    allSquares += d * d + 2 * sum;
    diagonal += d;
  }
  *squares = allSquares;
  *trace = diagonal;
}

/// row = scale * row - qi q / (lambda + qi h); the sum of the results' squares.
INLINE double historical_squares(double *restrict row, const double *restrict q,
                                 const double *restrict h, double scale, double lambda, double qi,
                                 ptrdiff_t count) {
  Sum sum = {{0}, 0};
  ptrdiff_t j = 0;
  for (; j + 16 <= count; j += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes below = fused_doubles(qi, doubles_at(h + j + 4 * k), lambda);
      const DoubleLanes e =
          scale * doubles_at(row + j + 4 * k) - (qi * doubles_at(q + j + 4 * k)) / below;
      *(DoubleLanes *)(row + j + 4 * k) = e;
      sum.parts[k] = fused_doubles(e, e, sum.parts[k]);
    }
  }
  for (; j < count; j++) {
    const double e = scale * row[j] - (qi * q[j]) / fused_number(qi, h[j], lambda);
    row[j] = e;
    sum.rest = fused_number(e, e, sum.rest);
  }
  return sum_total(&sum);
}

void WIDE(projector_outer_update)(double *restrict m, ptrdiff_t size, const double *restrict q,
                                  const double *restrict h, double scale, double shift,
                                  double lambda, double *squares, double *trace) {
  double allSquares = 0, diagonal = 0;
  for (ptrdiff_t i = 0; i < size; i++) {
    double *row = m + i * size;
    const double qi = q[i];
    const double d = scale * row[i] + shift - (qi * qi) / fused_number(qi, h[i], lambda);
    const double before = historical_squares(row, q, h, scale, lambda, qi, i);
    const double after =
        historical_squares(row + i + 1, q + i + 1, h + i + 1, scale, lambda, qi, size - i - 1);
    row[i] = d;
    allSquares += d * d + (before + after);
    diagonal += d;
  }
  *squares = allSquares;
  *trace = diagonal;
}
