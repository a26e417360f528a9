#include "NormBlocks.h"

void WIDE(norm_channels_moments)(const float *x, long rows, long channels, double *mean,
                                 double *squares) {
  for (long c = 0; c < channels; ++c) mean[c] = squares[c] = 0;
  EACH_BLOCK(4096) {
    const float *from = x + first * channels + c;
    Lanes a = 0, b = 0, d = 0, e = 0;
    long i = 0;
    for (; i + 4 <= count; i += 4) {
      a += lanes_load(from + i * channels, n);
      b += lanes_load(from + (i + 1) * channels, n);
      d += lanes_load(from + (i + 2) * channels, n);
      e += lanes_load(from + (i + 3) * channels, n);
    }
    for (; i < count; ++i) a += lanes_load(from + i * channels, n);
    const Lanes center = ((a + b) + (d + e)) / (float)count;
    a = b = d = e = 0;
    Lanes rest = 0;
    for (i = 0; i + 2 <= count; i += 2) {
      const Lanes u = lanes_load(from + i * channels, n) - center;
      const Lanes v = lanes_load(from + (i + 1) * channels, n) - center;
      a = fused(u, u, a);
      b = fused(v, v, b);
      d += u;
      e += v;
    }
    for (; i < count; ++i) {
      const Lanes u = lanes_load(from + i * channels, n) - center;
      a = fused(u, u, a);
      d += u;
    }
    a += b;
    rest = d + e;
    // Chan, Golub and LeVeque (1979): moments of a union from moments of its parts. `rest` is
    // what rounding left of the sum of differences, which must be zero.
    const double before = (double)first, now = (double)count, all = before + now;
    for (long j = 0; j < n; ++j) {
      const double correction = (double)rest[j] / now;
      const double blockMean = (double)center[j] + correction;
      const double delta = blockMean - mean[c + j];
      mean[c + j] += delta * (now / all);
      squares[c + j] +=
          ((double)a[j] - now * correction * correction) + delta * delta * (before * now / all);
    }
  }
}

void WIDE(norm_channels_moments_unite)(double *restrict mean, double *restrict squares, long rows,
                                       const double *restrict otherMean,
                                       const double *restrict otherSquares, long otherRows,
                                       long channels) {
  const double before = (double)rows, now = (double)otherRows, all = before + now;
  for (long c = 0; c < channels; ++c) {
    const double delta = otherMean[c] - mean[c];
    mean[c] += delta * (now / all);
    squares[c] += otherSquares[c] + delta * delta * (before * now / all);
  }
}

void WIDE(norm_channels_apply)(const float *restrict x, float *restrict y, long rows, long channels,
                               const float *mean, const float *scale, const float *shift,
                               int rectified) {
  const float floor = rectified ? 0.0f : -__builtin_inff();
  EACH_BLOCK(4096) {
    const Lanes m = lanes_load(mean + c, n), s = lanes_load(scale + c, n);
    const Lanes b = lanes_load(shift + c, n);
    const float *from = x + first * channels + c;
    float *to = y + first * channels + c;
    for (long i = 0; i < count; ++i, from += channels, to += channels) {
      const Lanes v = fused(lanes_load(from, n) - m, s, b);
      lanes_store(to, v < floor ? (Lanes)floor : v, n);
    }
  }
}

void WIDE(norm_channels_gradient_sums)(const float *restrict x, const float *restrict dy, long rows,
                                       long channels, const float *mean, const float *scale,
                                       const float *shift, int rectified, double *restrict sums,
                                       double *restrict products) {
  for (long c = 0; c < channels; ++c) sums[c] = products[c] = 0;
  const float floor = rectified ? 0.0f : -__builtin_inff();
  EACH_BLOCK(4096) {
    const Lanes m = lanes_load(mean + c, n), s = lanes_load(scale + c, n);
    const Lanes b = lanes_load(shift + c, n);
    const float *from = x + first * channels + c, *g = dy + first * channels + c;
    Lanes sum0 = 0, sum1 = 0, product0 = 0, product1 = 0;
    long i = 0;
    for (; i + 2 <= count; i += 2, from += 2 * channels, g += 2 * channels) {
      const Lanes u0 = lanes_load(from, n) - m, u1 = lanes_load(from + channels, n) - m;
      const Lanes g0 = lanes_load(g, n), g1 = lanes_load(g + channels, n);
      const Lanes passed0 = fused(u0, s, b) > floor ? g0 : (Lanes)0.0f;
      const Lanes passed1 = fused(u1, s, b) > floor ? g1 : (Lanes)0.0f;
      sum0 += passed0;
      sum1 += passed1;
      product0 = fused(passed0, u0, product0);
      product1 = fused(passed1, u1, product1);
    }
    if (i < count) {
      const Lanes u = lanes_load(from, n) - m;
      const Lanes passed = fused(u, s, b) > floor ? lanes_load(g, n) : (Lanes)0.0f;
      sum0 += passed;
      product0 = fused(passed, u, product0);
    }
    sum0 += sum1;
    product0 += product1;
    for (long j = 0; j < n; ++j) {
      sums[c + j] += (double)sum0[j];
      products[c + j] += (double)product0[j];
    }
  }
}

void WIDE(norm_channels_gradient)(const float *x, const float *dy, float *dx, long rows,
                                  long channels, const ChannelAffine *affine, const float *slope,
                                  const float *offset, int rectified) {
  const float floor = rectified ? 0.0f : -__builtin_inff();
  EACH_BLOCK(4096) {
    const Lanes m = lanes_load(affine->mean + c, n), s = lanes_load(affine->scale + c, n);
    const Lanes b = lanes_load(affine->shift + c, n);
    const Lanes t = lanes_load(slope + c, n), o = lanes_load(offset + c, n);
    for (long i = first * channels + c, r = 0; r < count; ++r, i += channels) {
      const Lanes u = lanes_load(x + i, n) - m;
      const Lanes passed = fused(u, s, b) > floor ? lanes_load(dy + i, n) : (Lanes)0.0f;
      lanes_store(dx + i, fused(passed, s, fused(u, t, o)), n);
    }
  }
}
