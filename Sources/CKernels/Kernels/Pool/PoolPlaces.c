#include "../Lanes.h"

void WIDE(pool_places_mean)(const float *x, float *y, long samples, long places, long channels) {
  const double share = 1.0 / (double)(places > 0 ? places : 1);
  for (long s = 0; s < samples; ++s, x += places * channels, y += channels) {
    for (long c = 0; c < channels; c += LANES) {
      const long n = channels - c < LANES ? channels - c : LANES;
      double totals[LANES] = {0};
      for (long first = 0; first < places; first += 64) {
        const long end = places - first < 64 ? places : first + 64;
        Lanes sum = 0;
        for (long p = first; p < end; ++p) sum += lanes_load(x + p * channels + c, n);
        for (long j = 0; j < n; ++j) totals[j] += (double)sum[j];
      }
      for (long j = 0; j < n; ++j) y[c + j] = (float)(totals[j] * share);
    }
  }
}

void WIDE(pool_places_mean_gradient)(const float *dy, float *dx, long samples, long places,
                                     long channels) {
  const float share = 1.0f / (float)(places > 0 ? places : 1);
  for (long s = 0; s < samples; ++s, dy += channels) {
    for (long p = 0; p < places; ++p, dx += channels) {
      for (long c = 0; c < channels; ++c) dx[c] = dy[c] * share;
    }
  }
}
