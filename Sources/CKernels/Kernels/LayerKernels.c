#include "Exponential.h"
#include "Lanes.h"

void WIDE(layer_rectify)(const float *x, float *y, long count) {
  for (long i = 0; i < count; ++i) y[i] = x[i] < 0 ? 0 : x[i];
}

void WIDE(layer_rectify_gradient)(const float *restrict y, const float *restrict dy,
                                   float *restrict dx, long count) {
  for (long i = 0; i < count; ++i) dx[i] = y[i] > 0 ? dy[i] : 0;
}

void WIDE(layer_add_bias)(float *restrict y, const float *restrict bias, long rows, long columns) {
  for (long i = 0; i < rows; ++i, y += columns) {
    for (long j = 0; j < columns; ++j) y[j] += bias[j];
  }
}

void WIDE(layer_column_sums)(const float *restrict x, float *restrict sums, long rows,
                              long columns, long stride) {
  memset(sums, 0, (size_t)columns * sizeof(float));
  for (long i = 0; i < rows; ++i, x += stride) {
    for (long j = 0; j < columns; ++j) sums[j] += x[j];
  }
}

void WIDE(layer_column_sums_double)(const float *restrict x, double *restrict sums, long rows,
                                     long columns) {
  memset(sums, 0, (size_t)columns * sizeof(double));
  for (long i = 0; i < rows; ++i, x += columns) {
    for (long j = 0; j < columns; ++j) sums[j] += (double)x[j];
  }
}

double WIDE(softmax_cross_entropy_row)(const float *restrict z, float *restrict gradient,
                                             long count, long label, float scale,
                                             long *restrict top) {
  Lanes largest = -INFINITY, difference = 0;
  for (long k = 0; k < count; k += LANES) {
    long n = count - k < LANES ? count - k : LANES;
    Lanes v = -INFINITY;
    if (n == LANES) {
      v = *(const Lanes *)(z + k);
      difference += v - v;  // NaN for every logit that is not finite
    } else {
      for (long j = 0; j < n; ++j) {
        v[j] = z[k + j];
        difference[j] += z[k + j] - z[k + j];
      }
    }
    largest = v > largest ? v : largest;
  }
  float maximum = -INFINITY, finite = 0;
  for (int j = 0; j < LANES; ++j) {
    maximum = largest[j] > maximum ? largest[j] : maximum;
    finite += difference[j];
  }
  *top = 0;
  while (*top < count - 1 && z[*top] != maximum) ++*top;

  Lanes total = 0;
  for (long k = 0; k < count; k += LANES) {
    long n = count - k < LANES ? count - k : LANES;
    Lanes v = -INFINITY;
    if (n == LANES) {
      v = *(const Lanes *)(z + k);
    } else {
      memcpy(&v, z + k, (size_t)n * sizeof(float));
    }
    Lanes e = v - maximum;
    exponentiate(&e);
    total += e;
    if (gradient) lanes_store(gradient + k, e, n);
  }
  float sum = 0;
  for (int j = 0; j < LANES; ++j) sum += total[j];
  if (gradient) {
    float factor = scale / sum;
    for (long k = 0; k < count; ++k) gradient[k] *= factor;
    gradient[label] -= scale;
  }
  if (finite != 0) return NAN;
  return natural_logarithm((double)sum) - ((double)z[label] - (double)maximum);
}
