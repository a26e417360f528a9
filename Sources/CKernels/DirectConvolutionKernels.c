#include <string.h>

#include "Lanes.h"
#include "LayerKernels.h"

// Convolution without columns: a sample is copied once into a border of zeros, and patches are read
// in place. Eight pixels by 32 filters are summed in 16 registers; each weight is loaded once for
// eight pixels, each input once for 32 filters, so that the multipliers, not the loads, set the
// pace.

enum { PIXELS = 8, PANEL = 2 * LANES };

void convolution_pad(const Convolution *c, const float *restrict sample, float *restrict padded) {
  const long row = c->width * c->channels, border = c->padding * c->channels;
  const long paddedRow = row + 2 * border;
  memset(padded, 0, (size_t)(c->padding * paddedRow) * sizeof(float));
  padded += c->padding * paddedRow;
  for (long y = 0; y < c->height; ++y, padded += paddedRow, sample += row) {
    memset(padded, 0, (size_t)border * sizeof(float));
    memcpy(padded + border, sample, (size_t)row * sizeof(float));
    memset(padded + border + row, 0, (size_t)border * sizeof(float));
  }
  memset(padded, 0, (size_t)(c->padding * paddedRow) * sizeof(float));
}

static long panel_width(long filters, long first) {
  return filters - first < PANEL ? filters - first : PANEL;
}

void convolution_pack(const Convolution *c, const float *restrict weights, float *restrict panels) {
  const long patch = c->kernel * c->kernel * c->channels;
  for (long first = 0; first < c->filters; first += PANEL) {
    const long width = panel_width(c->filters, first);
    for (long k = 0; k < patch; ++k) {
      for (long f = 0; f < width; ++f) *panels++ = weights[(first + f) * patch + k];
    }
  }
}

void convolution_pack_turned(const Convolution *c, const float *restrict weights,
                             float *restrict panels) {
  const long taps = c->kernel * c->kernel;
  for (long first = 0; first < c->channels; first += PANEL) {
    const long width = panel_width(c->channels, first);
    for (long tap = taps - 1; tap >= 0; --tap) {
      for (long f = 0; f < c->filters; ++f, panels += width) {
        memcpy(panels, weights + (f * taps + tap) * c->channels + first,
               (size_t)width * sizeof(float));
      }
    }
  }
}

void convolution_unpack(const Convolution *c, const float *restrict panels,
                        float *restrict weights) {
  const long patch = c->kernel * c->kernel * c->channels, rounded = (patch + 7) / 8 * 8;
  for (long first = 0; first < c->filters; first += PANEL) {
    const long width = panel_width(c->filters, first);
    for (long k = 0; k < patch; ++k) {
      for (long f = 0; f < width; ++f) weights[(first + f) * patch + k] = panels[k * width + f];
    }
    panels += rounded * width;
  }
}

/// One panel of `blocks` times 16 filters at every pixel of a sample.
INLINE void direct_panel(const Convolution *c, const float *restrict padded,
                         const float *restrict panel, float *restrict output, const long blocks) {
  const long step = (c->width + 2 * c->padding) * c->channels, run = c->kernel * c->channels;
  const long pixels = c->outHeight * c->outWidth, kernel = c->kernel;
  long y = 0, x = 0;
  for (long first = 0; first < pixels; first += PIXELS) {
    const long valid = pixels - first < PIXELS ? pixels - first : PIXELS;
    const float *from[PIXELS];
    for (long p = 0; p < PIXELS; ++p) {
      // Behind the last pixel the last one is computed again, and not stored.
      from[p] = padded + y * c->stride * step + x * c->stride * c->channels;
      if (p + 1 < valid && ++x == c->outWidth) x = 0, ++y;
    }
    if (++x == c->outWidth) x = 0, ++y;

    Lanes sums[PIXELS][2];
#pragma clang loop unroll(full)
    for (long p = 0; p < PIXELS; ++p) sums[p][0] = sums[p][1] = 0;
    const float *weight = panel;
    for (long k = 0; k < kernel; ++k) {
      for (long i = k * step; i < k * step + run; ++i, weight += blocks * LANES) {
        const Lanes w0 = *(const Lanes *)weight;
        const Lanes w1 = *(const Lanes *)(weight + (blocks - 1) * LANES);
#pragma clang loop unroll(full)
        for (long p = 0; p < PIXELS; ++p) {
          const float value = from[p][i];
          sums[p][0] += w0 * value;
          if (blocks == 2) sums[p][1] += w1 * value;
        }
      }
    }
#pragma clang loop unroll(full)
    for (long p = 0; p < PIXELS; ++p) {
      if (p >= valid) break;
      float *to = output + (first + p) * c->filters;
      *(Lanes *)to = sums[p][0];
      if (blocks == 2) *(Lanes *)(to + LANES) = sums[p][1];
    }
  }
}

WIDE_CLONES void convolution_direct(const Convolution *c, const float *padded, const float *panels,
                                    float *output) {
  const long patch = c->kernel * c->kernel * c->channels;
  for (long first = 0; first < c->filters; first += PANEL) {
    if (c->filters - first >= PANEL) {
      direct_panel(c, padded, panels + first * patch, output + first, 2);
    } else {
      direct_panel(c, padded, panels + first * patch, output + first, 1);
    }
  }
}

/// Eight patch elements by one panel, summed over the pixels of output rows `top ..< bottom`.
INLINE void weight_block(const Convolution *c, const float *restrict padded,
                         const float *restrict gradient, const long *restrict offsets,
                         float *restrict panel, long top, long bottom, const long blocks) {
  const long step = (c->width + 2 * c->padding) * c->channels * c->stride;
  const long advance = c->stride * c->channels;
  Lanes sums[8][2];
#pragma clang loop unroll(full)
  for (long k = 0; k < 8; ++k) sums[k][0] = sums[k][1] = 0;
  long offset[8];
  for (long k = 0; k < 8; ++k) offset[k] = offsets[k];
  for (long y = top; y < bottom; ++y) {
    const float *from = padded + y * step;
    const float *g = gradient + y * c->outWidth * c->filters;
    for (long x = 0; x < c->outWidth; ++x, from += advance, g += c->filters) {
      const Lanes g0 = *(const Lanes *)g;
      const Lanes g1 = *(const Lanes *)(g + (blocks - 1) * LANES);
#pragma clang loop unroll(full)
      for (long k = 0; k < 8; ++k) {
        const float value = from[offset[k]];
        sums[k][0] += g0 * value;
        if (blocks == 2) sums[k][1] += g1 * value;
      }
    }
  }
#pragma clang loop unroll(full)
  for (long k = 0; k < 8; ++k) {
    *(Lanes *)(panel + k * blocks * LANES) += sums[k][0];
    if (blocks == 2) *(Lanes *)(panel + k * blocks * LANES + LANES) += sums[k][1];
  }
}

WIDE_CLONES void convolution_direct_weights(const Convolution *c, const float *padded,
                                            const float *outputGradient, const long *offsets,
                                            long from, long to, float *panels) {
  const long rounded = (c->kernel * c->kernel * c->channels + 7) / 8 * 8;
  // Bands of rows whose gradients and inputs stay in the first-level cache for all patch elements.
  const long rowFloats = c->outWidth * (PANEL + c->stride * c->stride * c->channels);
  const long band = rowFloats > 6144 ? 1 : 6144 / (rowFloats > 0 ? rowFloats : 1);
  for (long first = 0; first < c->filters; first += PANEL) {
    const int both = c->filters - first >= PANEL;
    float *panel = panels + first * rounded;
    for (long top = 0; top < c->outHeight; top += band) {
      const long bottom = top + band < c->outHeight ? top + band : c->outHeight;
      for (long k = from; k < to; k += 8) {
        if (both) {
          weight_block(c, padded, outputGradient + first, offsets + k, panel + k * PANEL, top,
                       bottom, 2);
        } else {
          weight_block(c, padded, outputGradient + first, offsets + k, panel + k * LANES, top,
                       bottom, 1);
        }
      }
    }
  }
}
