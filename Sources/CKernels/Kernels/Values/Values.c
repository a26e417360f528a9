#include "../Sums.h"

void WIDE(values_rectify)(const float *x, float *y, long count) {
  for (long i = 0; i < count; ++i) y[i] = x[i] < 0 ? 0 : x[i];
}

void WIDE(values_rectify_gradient)(const float *restrict y, const float *restrict dy,
                                   float *restrict dx, long count) {
  for (long i = 0; i < count; ++i) dx[i] = y[i] > 0 ? dy[i] : 0;
}

void WIDE(values_add)(float *restrict y, const float *restrict x, long count) {
  for (long i = 0; i < count; ++i) y[i] += x[i];
}

void WIDE(values_add_double)(double *restrict sums, const double *restrict others, long count) {
  for (long i = 0; i < count; ++i) sums[i] += others[i];
}

// The first `n` (at most 16) floats from place i on of all arrays, added: whenever two sums of
// equally many arrays stand side by side they are added, so that no more stand than the count has
// bits.
INLINE void sum_lanes(float *y, const float *const *x, long arrays, long i, long n) {
  Lanes sums[48];
  long open = 0;
  for (long k = 0; k < arrays; ++k) {
    Lanes sum = lanes_load(x[k] + i, n);
    for (long bits = k; bits & 1; bits >>= 1) sum = sums[--open] + sum;
    sums[open++] = sum;
  }
  Lanes sum = sums[--open];
  while (open > 0) sum = sums[--open] + sum;
  lanes_store(y + i, sum, n);
}

INLINE void sum_arrays(float *y, const float *const *x, long arrays, long count) {
  for (long i = 0; i < count; i += LANES) sum_lanes(y, x, arrays, i, count - i);
}

void WIDE(values_sum_arrays)(float *y, const float *const *x, long arrays, long count) {
  // With their number known there is no loop over arrays.
  switch (arrays) {
    case 2: return sum_arrays(y, x, 2, count);
    case 4: return sum_arrays(y, x, 4, count);
    case 8: return sum_arrays(y, x, 8, count);
    default: return sum_arrays(y, x, arrays, count);
  }
}

void WIDE(values_scale)(float *restrict x, long count, float factor) {
  for (long i = 0; i < count; ++i) x[i] *= factor;
}

double WIDE(values_sum_of_squares)(const float *restrict x, long count) {
  Sum sum = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      typedef float Quarter __attribute__((ext_vector_type(4), aligned(4)));
      const DoubleLanes v = __builtin_convertvector(*(const Quarter *)(x + i + 4 * k), DoubleLanes);
      sum.parts[k] = fused_doubles(v, v, sum.parts[k]);
    }
  }
  for (; i < count; ++i) sum.rest = fused_number((double)x[i], (double)x[i], sum.rest);
  return sum_total(&sum);
}
