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

typedef float Quarter __attribute__((ext_vector_type(4), aligned(4)));
/// Four floats as doubles.
#define quarter_at(p) __builtin_convertvector(*(const Quarter *)(p), DoubleLanes)

double WIDE(values_sum_of_squares)(const float *restrict x, long count) {
  Sum sum = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes v = quarter_at(x + i + 4 * k);
      sum.parts[k] = fused_doubles(v, v, sum.parts[k]);
    }
  }
  for (; i < count; ++i) sum.rest = fused_number((double)x[i], (double)x[i], sum.rest);
  return sum_total(&sum);
}

double WIDE(values_squared_distance)(const float *restrict x, const float *restrict y, long count) {
  Sum sum = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes v = quarter_at(x + i + 4 * k) - quarter_at(y + i + 4 * k);
      sum.parts[k] = fused_doubles(v, v, sum.parts[k]);
    }
  }
  for (; i < count; ++i) {
    const double v = (double)x[i] - (double)y[i];
    sum.rest = fused_number(v, v, sum.rest);
  }
  return sum_total(&sum);
}

double WIDE(values_squared_distance_double)(const float *restrict x, const double *restrict y,
                                            long count) {
  Sum sum = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes v = quarter_at(x + i + 4 * k) - doubles_at(y + i + 4 * k);
      sum.parts[k] = fused_doubles(v, v, sum.parts[k]);
    }
  }
  for (; i < count; ++i) {
    const double v = (double)x[i] - y[i];
    sum.rest = fused_number(v, v, sum.rest);
  }
  return sum_total(&sum);
}

void WIDE(values_add_difference)(double *restrict sums, const float *restrict x,
                                 const double *restrict y, long count, double factor) {
  for (long i = 0; i < count; ++i) {
    sums[i] = fused_number(factor, (double)x[i] - y[i], sums[i]);
  }
}

void WIDE(values_moments)(const float *restrict x, long count, float origin, double *sums) {
  Sum sum = {{0}, 0}, squares = {{0}, 0};
  const double o = origin;
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes v = quarter_at(x + i + 4 * k) - o;
      sum.parts[k] += v;
      squares.parts[k] = fused_doubles(v, v, squares.parts[k]);
    }
  }
  for (; i < count; ++i) {
    const double v = (double)x[i] - o;
    sum.rest += v;
    squares.rest = fused_number(v, v, squares.rest);
  }
  sums[0] = sum_total(&sum);
  sums[1] = sum_total(&squares);
}

void WIDE(values_products)(const float *restrict x, const float *restrict y, long count,
                           double *sums) {
  Sum own = {{0}, 0}, cross = {{0}, 0}, other = {{0}, 0};
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    UNROLLED(k, 4) {
      const DoubleLanes v = quarter_at(x + i + 4 * k), w = quarter_at(y + i + 4 * k);
      own.parts[k] = fused_doubles(v, v, own.parts[k]);
      cross.parts[k] = fused_doubles(v, w, cross.parts[k]);
      other.parts[k] = fused_doubles(w, w, other.parts[k]);
    }
  }
  for (; i < count; ++i) {
    const double v = x[i], w = y[i];
    own.rest = fused_number(v, v, own.rest);
    cross.rest = fused_number(v, w, cross.rest);
    other.rest = fused_number(w, w, other.rest);
  }
  sums[0] = sum_total(&own);
  sums[1] = sum_total(&cross);
  sums[2] = sum_total(&other);
}
