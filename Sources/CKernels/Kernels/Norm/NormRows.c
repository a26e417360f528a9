#include "../Rows/RowLanes.h"

/// Mean and inverse deviation of one row, in two passes over a row that is in cache.
INLINE void moments(const float *x, long width, float epsilon, float *mean, float *inverse) {
  Lanes total = 0;
  for (long j = 0; j < width; j += LANES) total += lanes_load(x + j, width - j);
  lanes_fold(total, +);
  const float m = total[0] / (float)width;
  Lanes squares = 0;
  for (long j = 0; j < width; j += LANES) {
    Lanes v = lanes_load(x + j, width - j) - m;
    lanes_clear(v, width - j);
    squares = fused(v, v, squares);
  }
  lanes_fold(squares, +);
  *mean = m;
  *inverse = (float)(1 / sqrt((double)squares[0] / (double)width + (double)epsilon));
}

INLINE void normalise(const RowNorm *norm, const float *x, float *y, float mean, float inverse) {
  const long width = norm->width;
  for (long j = 0; j < width; j += LANES) {
    const long n = width - j;
    const Lanes hat = (lanes_load(x + j, n) - mean) * inverse;
    lanes_store(y + j, fused(hat, lanes_load(norm->weight + j, n), lanes_load(norm->bias + j, n)),
                n);
  }
}

void WIDE(norm_rows)(const RowNorm *restrict norm, const float *restrict x, float *restrict y,
                     float *restrict mean, float *restrict inverse, long rows) {
  const long width = norm->width;
  for (long i = 0; i < rows; ++i, x += width, y += width) {
    moments(x, width, norm->epsilon, mean + i, inverse + i);
    normalise(norm, x, y, mean[i], inverse[i]);
  }
}

void WIDE(norm_rows_again)(const RowNorm *restrict norm, const float *restrict x,
                           const float *restrict mean, const float *restrict inverse,
                           float *restrict y, long rows) {
  const long width = norm->width;
  for (long i = 0; i < rows; ++i, x += width, y += width) {
    normalise(norm, x, y, mean[i], inverse[i]);
  }
}

void WIDE(norm_rows_sum)(const RowNorm *restrict norm, const float *restrict x, const float *branch,
                         const float *restrict bias, float *sum, float *restrict y,
                         float *restrict mean, float *restrict inverse, long rows) {
  const long width = norm->width;
  for (long i = 0; i < rows; ++i, x += width, branch += width, sum += width, y += width) {
    add_row(x, branch, bias, sum, width);
    moments(sum, width, norm->epsilon, mean + i, inverse + i);
    normalise(norm, sum, y, mean[i], inverse[i]);
  }
}

void WIDE(norm_rows_gradient)(const RowNorm *restrict norm, const float *restrict x,
                              const float *restrict mean, const float *restrict inverse,
                              const float *dy, const float *residual, float *dx,
                              float *restrict dweight, float *restrict dbias, long rows) {
  const long width = norm->width;
  for (long j = 0; j < width; ++j) dweight[j] = dbias[j] = 0;
  for (long i = 0; i < rows; ++i) {
    // With g = dy * weight and hat = (x - mean) * inverse:
    // dx = inverse * (g - mean of g - hat * mean of (g * hat)).
    Lanes sums = 0, products = 0;
    for (long j = 0; j < width; j += LANES) {
      const long n = width - j;
      const Lanes d = lanes_load(dy + j, n);
      const Lanes hat = (lanes_load(x + j, n) - mean[i]) * inverse[i];
      const Lanes g = d * lanes_load(norm->weight + j, n);
      sums += g;
      products = fused(g, hat, products);
      lanes_store(dweight + j, fused(d, hat, lanes_load(dweight + j, n)), n);
      lanes_store(dbias + j, lanes_load(dbias + j, n) + d, n);
    }
    lanes_fold(sums, +);
    lanes_fold(products, +);
    const float offset = sums[0] / (float)width, slope = products[0] / (float)width;
    for (long j = 0; j < width; j += LANES) {
      const long n = width - j;
      const Lanes hat = (lanes_load(x + j, n) - mean[i]) * inverse[i];
      const Lanes g = lanes_load(dy + j, n) * lanes_load(norm->weight + j, n);
      Lanes d = fused(-hat, slope, g - offset) * inverse[i];
      if (residual) d += lanes_load(residual + j, n);
      lanes_store(dx + j, d, n);
    }
    x += width, dy += width, dx += width;
    if (residual) residual += width;
  }
}
