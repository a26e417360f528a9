#include "../Exponential.h"
#include "RowLanes.h"

// The `count - j` values that are left from column j on; rows have room for whole registers.
#define columns_load(p, j, filler)                                             \
  ({                                                                           \
    Lanes columns = *(const Lanes *)((p) + (j));                               \
    if (count - (j) < LANES) {                                                 \
      columns = LANE_NUMBERS < (int)(count - (j)) ? columns : (Lanes)(filler); \
    }                                                                          \
    columns;                                                                   \
  })

void WIDE(softmax_rows)(float *restrict p, long rows, long count, long stride, float scale) {
  for (long i = 0; i < rows; ++i, p += stride) {
    Lanes top = -INFINITY;
    for (long j = 0; j < count; j += LANES) {
      const Lanes v = columns_load(p, j, -INFINITY);
      top = lanes_larger(v, top);
    }
    lanes_maximum(top);
    Lanes total = 0;
    for (long j = 0; j < count; j += LANES) {
      Lanes e = scale * (columns_load(p, j, -INFINITY) - top);
      exponentiate(&e);
      total += e;
      *(Lanes *)(p + j) = e;
    }
    lanes_fold(total, +);
    const Lanes factor = 1.0f / total;
    long j = 0;
    for (; j < count; j += LANES) *(Lanes *)(p + j) *= factor;
    for (; j < stride; j += LANES) *(Lanes *)(p + j) = 0;
  }
}

void WIDE(softmax_rows_gradient)(const float *restrict p, float *restrict d, long rows, long count,
                                 long stride, float scale) {
  for (long i = 0; i < rows; ++i, p += stride, d += stride) {
    Lanes dot = 0;
    for (long j = 0; j < count; j += LANES) {
      dot = fused(columns_load(p, j, 0), columns_load(d, j, 0), dot);
    }
    lanes_fold(dot, +);
    long j = 0;
    for (; j < count; j += LANES) {
      *(Lanes *)(d + j) = scale * columns_load(p, j, 0) * (columns_load(d, j, 0) - dot);
    }
    for (; j < stride; j += LANES) *(Lanes *)(d + j) = 0;
  }
}

double WIDE(softmax_cross_entropy_row)(const float *restrict z, float *restrict gradient,
                                       long count, long label, float scale, long *restrict top) {
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
  return elementary_logarithm((double)sum) - ((double)z[label] - (double)maximum);
}
