#include "NormBlocks.h"

void WIDE(norm_residual_apply)(const float *x, const ChannelAffine *affine, const float *residual,
                               const ChannelAffine *residualAffine, float *y, long rows,
                               long channels) {
  EACH_BLOCK(2048) {
    const Lanes m = lanes_load(affine->mean + c, n), s = lanes_load(affine->scale + c, n);
    const Lanes b = lanes_load(affine->shift + c, n);
    Lanes rm = 0, rs = 1, rb = 0;
    if (residualAffine) {
      rm = lanes_load(residualAffine->mean + c, n);
      rs = lanes_load(residualAffine->scale + c, n);
      rb = lanes_load(residualAffine->shift + c, n);
    }
    for (long i = first * channels + c, r = 0; r < count; ++r, i += channels) {
      const Lanes shortcut = fused(lanes_load(residual + i, n) - rm, rs, rb);
      const Lanes v = fused(lanes_load(x + i, n) - m, s, b) + shortcut;
      lanes_store(y + i, v < 0.0f ? (Lanes)0.0f : v, n);
    }
  }
}

void WIDE(norm_residual_gradient_sums)(const float *x, const float *dy, const float *y, long rows,
                                       long channels, const float *mean, double *sums,
                                       double *products) {
  for (long c = 0; c < channels; ++c) sums[c] = products[c] = 0;
  EACH_BLOCK(2048) {
    const Lanes m = lanes_load(mean + c, n);
    Lanes sum = 0, product = 0;
    for (long i = first * channels + c, r = 0; r < count; ++r, i += channels) {
      const Lanes passed = lanes_load(y + i, n) > 0.0f ? lanes_load(dy + i, n) : (Lanes)0.0f;
      sum += passed;
      product = fused(passed, lanes_load(x + i, n) - m, product);
    }
    for (long j = 0; j < n; ++j) {
      sums[c + j] += (double)sum[j];
      products[c + j] += (double)product[j];
    }
  }
}

void WIDE(norm_residual_gradient)(const float *x, const float *dy, const float *y, float *masked,
                                  float *dx, long rows, long channels, const ChannelAffine *affine,
                                  const float *slope, const float *offset) {
  EACH_BLOCK(2048) {
    const Lanes m = lanes_load(affine->mean + c, n), s = lanes_load(affine->scale + c, n);
    const Lanes t = lanes_load(slope + c, n), o = lanes_load(offset + c, n);
    for (long i = first * channels + c, r = 0; r < count; ++r, i += channels) {
      const Lanes passed = lanes_load(y + i, n) > 0.0f ? lanes_load(dy + i, n) : (Lanes)0.0f;
      const Lanes u = lanes_load(x + i, n) - m;
      lanes_store(masked + i, passed, n);
      lanes_store(dx + i, fused(passed, s, fused(u, t, o)), n);
    }
  }
}
