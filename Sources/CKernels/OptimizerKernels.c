#include "OptimizerKernels.h"

#include <math.h>

#include "Lanes.h"

CLONES void sgd_step_nesterov(float *restrict p, const float *restrict g, float *restrict v,
                              long count, float rate, float momentum, float decay) {
  for (long i = 0; i < count; ++i) {
    const float d = g[i] + decay * p[i];
    v[i] = momentum * v[i] + d;
    p[i] -= rate * (d + momentum * v[i]);
  }
}

CLONES void adam_step(float *restrict p, const float *restrict g, float *restrict m,
                      float *restrict v, long count, const AdamStep *restrict step) {
  const AdamStep s = *step;
  for (long i = 0; i < count; ++i) {
    const float start = p[i] * s.shrink;
    const float d = g[i] + s.decay * start;
    m[i] += s.rest1 * (d - m[i]);
    v[i] = s.beta2 * v[i] + s.rest2 * d * d;
    p[i] = start - s.rate * m[i] / (__builtin_sqrtf(v[i]) / s.correction + s.epsilon);
  }
}

CLONES double sum_of_squares(const float *restrict x, long count) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (long i = 0; i < count; ++i) sum += (double)x[i] * (double)x[i];
  return sum;
}

CLONES void scale_values(float *restrict x, long count, float factor) {
  for (long i = 0; i < count; ++i) x[i] *= factor;
}
