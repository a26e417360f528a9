#include "../Lanes.h"

// Convolution without columns: a sample is copied once into a border of zeros, and patches are read
// in place. As many pixels by filters are summed at a time as this width has registers for; each
// weight is loaded once for all of these pixels, each input once for all of these filters, so that
// the multipliers, not the loads, set the pace. Each output is one chain of fused multiply-adds in
// the order of the patch, whatever the tiles are.

enum { PANEL = 32, ELEMENTS = 8 };

void WIDE(convolution_pad)(const Convolution *c, const float *restrict sample,
                           float *restrict padded) {
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

void WIDE(convolution_pack)(const Convolution *c, const float *restrict weights,
                            float *restrict panels) {
  const long patch = c->kernel * c->kernel * c->channels;
  for (long first = 0; first < c->filters; first += PANEL) {
    const long width = panel_width(c->filters, first);
    for (long k = 0; k < patch; ++k) {
      for (long f = 0; f < width; ++f) *panels++ = weights[(first + f) * patch + k];
    }
  }
}

void WIDE(convolution_pack_turned)(const Convolution *c, const float *restrict weights,
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

void WIDE(convolution_unpack)(const Convolution *c, const float *restrict panels,
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

/// `lanes` times sixteen filters of a panel of `width`, at `count` pixels, which are patches `from`
/// on; only the first `valid` are stored.
INLINE void direct_tile(const Convolution *c, const float *const *from, const float *restrict panel,
                        float *restrict output, long valid, long width, const long count,
                        const long lanes) {
  const long step = (c->width + 2 * c->padding) * c->channels, run = c->kernel * c->channels;
  Lanes sums[TILE_PIXELS][TILE_LANES];
  UNROLLED(p, count)
    UNROLLED(l, lanes) sums[p][l] = 0;
  // One loop over all rows of the patch: of two, compilers keep half of the sums in memory where
  // there are sixteen registers.
  long i = 0, left = run;
  for (long k = c->kernel * run; k > 0; --k, panel += width) {
    Lanes weights[TILE_LANES];
    UNROLLED(l, lanes) weights[l] = *(const Lanes *)(panel + l * LANES);
    UNROLLED(p, count) {
      const Lanes value = from[p][i];
      UNROLLED(l, lanes) sums[p][l] = fused(weights[l], value, sums[p][l]);
    }
    ++i;
    if (--left == 0) left = run, i += step - run;
  }
  UNROLLED(p, count) {
    if (p >= valid) break;
    UNROLLED(l, lanes) *(Lanes *)(output + p * c->filters + l * LANES) = sums[p][l];
  }
}

/// `lanes` times sixteen filters of a panel of `width`, at every pixel of a sample.
INLINE void direct_columns(const Convolution *c, const float *restrict padded,
                           const float *restrict panel, float *restrict output, long width,
                           const long lanes) {
  const long step = (c->width + 2 * c->padding) * c->channels;
  const long pixels = c->outHeight * c->outWidth;
  long y = 0, x = 0;
  for (long first = 0; first < pixels; first += TILE_PIXELS, output += TILE_PIXELS * c->filters) {
    const long valid = pixels - first < TILE_PIXELS ? pixels - first : TILE_PIXELS;
    const float *from[TILE_PIXELS];
    for (long p = 0; p < TILE_PIXELS; ++p) {
      // After the last pixel the last one is computed again, and not stored.
      from[p] = padded + y * c->stride * step + x * c->stride * c->channels;
      if (p + 1 < valid && ++x == c->outWidth) x = 0, ++y;
    }
    if (++x == c->outWidth) x = 0, ++y;
    // The last pixels of a sample may be few.
    if (valid > TILE_PIXELS / 2) {
      direct_tile(c, from, panel, output, valid, width, TILE_PIXELS, lanes);
    } else {
      direct_tile(c, from, panel, output, valid, width, TILE_PIXELS / 2, lanes);
    }
  }
}

void WIDE(convolution_direct)(const Convolution *c, const float *padded, const float *panels,
                              float *output) {
  const long patch = c->kernel * c->kernel * c->channels;
  for (long first = 0; first < c->filters; first += PANEL) {
    const long width = panel_width(c->filters, first);
    const float *panel = panels + first * patch;
    for (long column = 0; column < width; column += TILE_LANES * LANES) {
      float *to = output + first + column;
      if (width - column >= TILE_LANES * LANES) {
        direct_columns(c, padded, panel + column, to, width, TILE_LANES);
      } else {
        direct_columns(c, padded, panel + column, to, width, 1);
      }
    }
  }
}

/// Some of eight patch elements by `lanes` times sixteen filters of a panel of `width`, summed over
/// the pixels of output rows `top ..< bottom`.
INLINE void weight_columns(const Convolution *c, const float *restrict padded,
                           const float *restrict gradient, const long *restrict offsets,
                           float *restrict panel, long top, long bottom, long width,
                           const long lanes) {
  const long step = (c->width + 2 * c->padding) * c->channels * c->stride;
  const long advance = c->stride * c->channels;
  Lanes sums[TILE_FILTERS][TILE_LANES];
  long offset[TILE_FILTERS];
  UNROLLED(k, TILE_FILTERS) {
    offset[k] = offsets[k];
    UNROLLED(l, lanes) sums[k][l] = 0;
  }
  for (long y = top; y < bottom; ++y) {
    const float *from = padded + y * step;
    const float *g = gradient + y * c->outWidth * c->filters;
    for (long x = 0; x < c->outWidth; ++x, from += advance, g += c->filters) {
      Lanes gradients[TILE_LANES];
      UNROLLED(l, lanes) gradients[l] = *(const Lanes *)(g + l * LANES);
      UNROLLED(k, TILE_FILTERS) {
        const Lanes value = from[offset[k]];
        UNROLLED(l, lanes) sums[k][l] = fused(gradients[l], value, sums[k][l]);
      }
    }
  }
  UNROLLED(k, TILE_FILTERS) {
    UNROLLED(l, lanes) *(Lanes *)(panel + k * width + l * LANES) += sums[k][l];
  }
}

/// Eight patch elements by one panel of `width`.
INLINE void weight_block(const Convolution *c, const float *restrict padded,
                         const float *restrict gradient, const long *restrict offsets,
                         float *restrict panel, long top, long bottom, long width) {
  for (long k = 0; k < ELEMENTS; k += TILE_FILTERS) {
    for (long column = 0; column < width; column += TILE_LANES * LANES) {
      float *to = panel + k * width + column;
      if (width - column >= TILE_LANES * LANES) {
        weight_columns(c, padded, gradient + column, offsets + k, to, top, bottom, width,
                       TILE_LANES);
      } else {
        weight_columns(c, padded, gradient + column, offsets + k, to, top, bottom, width, 1);
      }
    }
  }
}

void WIDE(convolution_direct_weights)(const Convolution *c, const float *padded,
                                      const float *outputGradient, const long *offsets, long from,
                                      long to, float *panels) {
  const long patch = c->kernel * c->kernel * c->channels;
  const long rounded = (patch + ELEMENTS - 1) / ELEMENTS * ELEMENTS;
  // Bands of rows whose gradients and inputs stay in the first-level cache for all patch elements.
  const long rowFloats = c->outWidth * (PANEL + c->stride * c->stride * c->channels);
  const long band = rowFloats > 6144 ? 1 : 6144 / (rowFloats > 0 ? rowFloats : 1);
  for (long first = 0; first < c->filters; first += PANEL) {
    const long width = panel_width(c->filters, first);
    float *panel = panels + first * rounded;
    for (long top = 0; top < c->outHeight; top += band) {
      const long bottom = top + band < c->outHeight ? top + band : c->outHeight;
      for (long k = from; k < to; k += ELEMENTS) {
        weight_block(c, padded, outputGradient + first, offsets + k, panel + k * width, top, bottom,
                     width);
      }
    }
  }
}
