#include "../Lanes.h"

/// 1 for infinity and what is not a number, else 0: by bits, so that lanes need not keep an order.
INLINE int is_nonfinite(float x) {
  unsigned bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return (bits & 0x7f800000u) == 0x7f800000u;
}

int WIDE(optimizer_sgd_step)(float *restrict p, const float *restrict g, float *restrict v,
                             long count, float rate, float momentum, float decay) {
  int nonfinite = 0;
  for (long i = 0; i < count; ++i) {
    nonfinite |= is_nonfinite(g[i]);
    v[i] = fused_number(momentum, v[i], fused_number(decay, p[i], g[i]));
    p[i] = fused_number(-rate, v[i], p[i]);
  }
  return nonfinite;
}

void WIDE(optimizer_sgd_accumulate)(const float *restrict p, const float *restrict g,
                                    float *restrict v, long count, float momentum, float decay) {
  for (long i = 0; i < count; ++i) {
    v[i] = fused_number(momentum, v[i], fused_number(decay, p[i], g[i]));
  }
}

void WIDE(optimizer_sgd_apply)(float *restrict p, const float *restrict u, long count, float rate) {
  for (long i = 0; i < count; ++i) p[i] = fused_number(-rate, u[i], p[i]);
}

int WIDE(optimizer_sgd_step_nesterov)(float *restrict p, const float *restrict g, float *restrict v,
                                      long count, float rate, float momentum, float decay) {
  int nonfinite = 0;
  for (long i = 0; i < count; ++i) {
    nonfinite |= is_nonfinite(g[i]);
    const float d = fused_number(decay, p[i], g[i]);
    v[i] = fused_number(momentum, v[i], d);
    p[i] = fused_number(-rate, fused_number(momentum, v[i], d), p[i]);
  }
  return nonfinite;
}

int WIDE(optimizer_adam_step)(float *restrict p, const float *restrict g, float *restrict m,
                              float *restrict v, long count, const AdamStep *restrict step) {
  const AdamStep s = *step;
  int nonfinite = 0;
  for (long i = 0; i < count; ++i) {
    nonfinite |= is_nonfinite(g[i]);
    const float start = p[i] * s.shrink;
    const float d = fused_number(s.decay, start, g[i]);
    m[i] = fused_number(s.rest1, d - m[i], m[i]);
    v[i] = fused_number(s.beta2, v[i], s.rest2 * d * d);
    p[i] = start - s.rate * m[i] / (__builtin_sqrtf(v[i]) / s.correction + s.epsilon);
  }
  return nonfinite;
}
