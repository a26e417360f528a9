#include "WinogradTransforms.h"

// From weights [filters, 3, 3, channels] to transformed weights and back.

/// 36 places of nine taps, written `stride` floats apart.
#define transform_taps(taps, to, stride)                                  \
  do {                                                                    \
    Lanes columns[18];                                                    \
    UNROLLED(x, 3) winograd_g((taps) + x, 3, columns + x, 3);             \
    UNROLLED(y, 6) {                                                      \
      Lanes line[6];                                                      \
      winograd_g(columns + y * 3, 1, line, 1);                            \
      UNROLLED(x, 6) *(Lanes *)((to) + (y * 6 + x) * (stride)) = line[x]; \
    }                                                                     \
  } while (0)

void WIDE(winograd_weights)(const Convolution *c, const float *restrict weights, long panel,
                            long width, float *restrict u) {
  const long channels = c->channels;
  for (long f = 0; f < width; f += LANES) {
    for (long k = 0; k < channels; k += LANES) {
      // Sixteen filters of sixteen channels, turned so that filters become lanes.
      float turned[LANES][9][LANES];
      for (long filter = 0; filter < LANES; ++filter) {
        const float *from = weights + (panel + f + filter) * 9 * channels + k;
        for (long tap = 0; tap < 9; ++tap) {
          const Lanes values = *(const Lanes *)(from + tap * channels);
          UNROLLED(channel, LANES) turned[channel][tap][filter] = values[channel];
        }
      }
      for (long channel = 0; channel < LANES; ++channel) {
        Lanes taps[9];
        UNROLLED(tap, 9) taps[tap] = *(const Lanes *)turned[channel][tap];
        transform_taps(taps, u + (k + channel) * width + f, channels * width);
      }
    }
  }
}

void WIDE(winograd_weights_turned)(const Convolution *c, const float *restrict weights, long panel,
                                   long width, float *restrict u) {
  for (long filter = 0; filter < c->filters; ++filter) {
    for (long k = 0; k < width; k += LANES) {
      const float *from = weights + filter * 9 * c->channels + panel + k;
      Lanes taps[9];
      UNROLLED(tap, 9) taps[tap] = *(const Lanes *)(from + tap * c->channels);
      transform_taps(taps, u + filter * width + k, c->filters * width);
    }
  }
}

void WIDE(winograd_weight_gradient)(const Convolution *c, const float *restrict u, long panel,
                                    long width, float *restrict gradient) {
  const long stride = c->filters * width;
  for (long filter = 0; filter < c->filters; ++filter) {
    for (long k = 0; k < width; k += LANES) {
      const float *from = u + filter * width + k;
      float *to = gradient + filter * 9 * c->channels + panel + k;
      Lanes rows[18];
      UNROLLED(x, 6) {
        Lanes line[6];
        UNROLLED(y, 6) line[y] = *(const Lanes *)(from + (y * 6 + x) * stride);
        winograd_g_transposed(line, 1, rows + x, 6);
      }
      UNROLLED(y, 3) {
        Lanes line[3];
        winograd_g_transposed(rows + y * 6, 1, line, 1);
        UNROLLED(x, 3) *(Lanes *)(to + (y * 3 + x) * c->channels) = line[x];
      }
    }
  }
}
