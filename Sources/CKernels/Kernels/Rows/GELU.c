#include "../Exponential.h"

/// GELU and its slope at z: z * Phi(z) and Phi(z) + z * phi(z).
///
/// For a = |z|, Phi(-a) = exp(-a^2 / 2) * t * P(t) with t = 1 / (1 + 0.26 a); P was fitted for the
/// least relative error over 0 … 14 (2.5e-8), so that small tails keep their digits, which
/// 1 + erf(z) would lose.
INLINE void gelu(const Lanes *place, Lanes *value, Lanes *slope) {
  const Lanes z = *place, a = __builtin_elementwise_abs(z);
  const Lanes t = 1.0f / fused(0.26f, a, 1.0f);
  Lanes e = z * z * -0.5f;
  exponentiate(&e);
  Lanes p = 0.0305048043f;
  p = fused(p, t, -0.15282847f);
  p = fused(p, t, 0.251490631f);
  p = fused(p, t, -0.150948293f);
  p = fused(p, t, 0.160947444f);
  p = fused(p, t, 0.0510278378f);
  p = fused(p, t, 0.103030218f);
  p = fused(p, t, 0.103016755f);
  p = fused(p, t, 0.10375906f);
  const Lanes tail = e * t * p;
  // Bounded, because infinity times a tail of zero would be NaN.
  const Lanes bounded = z > 64.0f ? 64.0f : z;
  *value = z > 0.0f ? fused(-bounded, tail, z) : z * tail;
  *slope = fused(bounded * e, 0.3989422804f, z > 0.0f ? 1.0f - tail : tail);
}

/// The same with Phi(z) = (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)), u = sqrt(2 / pi) * (z + 0.044715
/// z^3).
INLINE void gelu_tanh(const Lanes *place, Lanes *value, Lanes *slope) {
  const Lanes z = *place;
  const Lanes doubled = 1.5957691216f * fused(0.044715f * z * z, z, z);
  Lanes e = -__builtin_elementwise_abs(doubled);
  exponentiate(&e);
  const Lanes larger = 1.0f / (1.0f + e), smaller = e * larger;
  const Lanes cdf = doubled > 0.0f ? larger : smaller;
  *value = z * cdf;
  const Lanes rise = z * larger * smaller * 1.5957691216f;
  *slope = fused(rise, fused(0.134145f * z, z, 1.0f), cdf);
}

#define GELU_ROWS(FUNCTION)                                           \
  for (long i = 0; i < rows; ++i, z += width, y += width) {           \
    for (long j = 0; j < width; j += LANES) {                         \
      const long n = width - j;                                       \
      const Lanes x = lanes_load(z + j, n) + lanes_load(bias + j, n); \
      Lanes value, slope;                                             \
      FUNCTION(&x, &value, &slope);                                   \
      lanes_store(y + j, value, n);                                   \
    }                                                                 \
  }

void WIDE(gelu_rows)(const float *z, const float *restrict bias, float *y, long rows, long width,
                     int isTanh) {
  if (isTanh) {
    GELU_ROWS(gelu_tanh)
  } else {
    GELU_ROWS(gelu)
  }
}

#define GELU_ROWS_GRADIENT(FUNCTION)                                       \
  for (long i = 0; i < rows; ++i, z += stride, y += stride, d += stride) { \
    for (long j = 0; j < width; j += LANES) {                              \
      const long n = width - j;                                            \
      const Lanes x = lanes_load(z + j, n) + lanes_load(bias + j, n);      \
      Lanes value, slope;                                                  \
      FUNCTION(&x, &value, &slope);                                        \
      lanes_store(y + j, value, n);                                        \
      const Lanes product = lanes_load(d + j, n) * slope;                  \
      lanes_store(d + j, product, n);                                      \
      lanes_store(dbias + j, lanes_load(dbias + j, n) + product, n);       \
    }                                                                      \
  }

void WIDE(gelu_rows_gradient)(const float *restrict z, const float *restrict bias,
                              float *restrict d, float *restrict y, float *restrict dbias,
                              long rows, long width, long stride, int isTanh) {
  for (long j = 0; j < width; ++j) dbias[j] = 0;
  if (isTanh) {
    GELU_ROWS_GRADIENT(gelu_tanh)
  } else {
    GELU_ROWS_GRADIENT(gelu)
  }
}
