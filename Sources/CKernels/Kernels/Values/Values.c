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
