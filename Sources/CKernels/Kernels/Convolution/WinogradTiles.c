#include "WinogradTransforms.h"

// From images to transformed tiles and back, sixteen channels at a time. A tile is 6 by 6 inputs,
// two of which it shares with each neighbour, or 4 by 4 outputs.

static long tiles_along(long outputs) { return (outputs + WINOGRAD_TILE - 1) / WINOGRAD_TILE; }

long WIDE(winograd_tiles)(const Convolution *c) {
  return tiles_along(c->outHeight) * tiles_along(c->outWidth);
}

/// Where a tile lies.
typedef struct {
  long sample, y, x;
} Place;

INLINE Place place_of(const Convolution *c, long tile) {
  const long across = tiles_along(c->outWidth), each = WIDE(winograd_tiles)(c);
  const long within = tile % each;
  return (Place){tile / each, within / across * WINOGRAD_TILE, within % across * WINOGRAD_TILE};
}

/// One tile of sixteen channels: `from` is where its first pixel lies or would lie, and what is in
/// rows `fromY ..< toY` and columns `fromX ..< toX` is there, the rest zero.
INLINE void input_tile(const float *restrict from, long row, long channels, long fromY, long toY,
                       long fromX, long toX, const ChannelAffine *norm, long k,
                       float *restrict to, long placeStride) {
  Lanes mean = 0, scale = 1, shift = 0;
  if (norm) {
    mean = *(const Lanes *)(norm->mean + k);
    scale = *(const Lanes *)(norm->scale + k);
    shift = *(const Lanes *)(norm->shift + k);
  }
  Lanes e[36];
  for (long x = 0; x < 6; ++x) {
    Lanes column[6];
    UNROLLED(y, 6) {
      column[y] = 0;
      if (y >= fromY && y < toY && x >= fromX && x < toX) {
        column[y] = *(const Lanes *)(from + y * row + x * channels);
        if (norm) {
          const Lanes value = fused(column[y] - mean, scale, shift);
          column[y] = value < 0.0f ? (Lanes)0.0f : value;
        }
      }
    }
    winograd_b(column, 1, e + x, 6);
  }
  for (long y = 0; y < 6; ++y) {
    Lanes line[6];
    winograd_b(e + y * 6, 1, line, 1);
    UNROLLED(x, 6) { *(Lanes *)(to + (y * 6 + x) * placeStride) = line[x]; }
  }
}

void WIDE(winograd_input)(const Convolution *c, const float *restrict input,
                                const ChannelAffine *norm, long first, long count,
                                float *restrict v, long placeStride, long rowStride) {
  const long channels = c->channels, row = c->width * channels;
  for (long t = 0; t < count; ++t) {
    const Place place = place_of(c, first + t);
    const long top = place.y - c->padding, left = place.x - c->padding;
    const long fromY = clamped(-top, 6), toY = clamped(c->height - top, 6);
    const long fromX = clamped(-left, 6), toX = clamped(c->width - left, 6);
    const float *from = input + ((place.sample * c->height + top) * c->width + left) * channels;
    float *to = v + t * rowStride;
    const int whole = fromY == 0 && fromX == 0 && toY == 6 && toX == 6;
    // Written out so that the compiler makes a version without tests for the tiles inside.
    for (long k = 0; k < channels; k += LANES) {
      if (whole && norm) {
        input_tile(from + k, row, channels, 0, 6, 0, 6, norm, k, to + k, placeStride);
      } else if (whole) {
        input_tile(from + k, row, channels, 0, 6, 0, 6, 0, k, to + k, placeStride);
      } else {
        input_tile(from + k, row, channels, fromY, toY, fromX, toX, norm, k, to + k, placeStride);
      }
    }
  }
}

void WIDE(winograd_output_gradient)(const Convolution *c,
                                          const float *restrict outputGradient, long first,
                                          long count, float *restrict w, long placeStride,
                                          long rowStride) {
  const long filters = c->filters, row = c->outWidth * filters;
  for (long t = 0; t < count; ++t) {
    const Place place = place_of(c, first + t);
    const long toY = clamped(c->outHeight - place.y, 4), toX = clamped(c->outWidth - place.x, 4);
    const float *from =
        outputGradient +
        ((place.sample * c->outHeight + place.y) * c->outWidth + place.x) * filters;
    for (long k = 0; k < filters; k += LANES) {
      Lanes d[16], e[24];
      if (toY == 4 && toX == 4) {
        for (long y = 0; y < 4; ++y) {
          UNROLLED(x, 4) {
            d[y * 4 + x] = *(const Lanes *)(from + y * row + x * filters + k);
          }
        }
      } else {
        for (long i = 0; i < 16; ++i) d[i] = 0;
        for (long y = 0; y < toY; ++y) {
          for (long x = 0; x < toX; ++x) {
            d[y * 4 + x] = *(const Lanes *)(from + y * row + x * filters + k);
          }
        }
      }
      for (long x = 0; x < 4; ++x) winograd_a_transposed(d + x, 4, e + x, 4);
      float *to = w + t * rowStride + k;
      for (long y = 0; y < 6; ++y) {
        Lanes line[6];
        winograd_a_transposed(e + y * 4, 1, line, 1);
        UNROLLED(x, 6) { *(Lanes *)(to + (y * 6 + x) * placeStride) = line[x]; }
      }
    }
  }
}

void WIDE(winograd_output)(const Convolution *c, const float *restrict m, long first,
                                 long count, long panel, long width, float *restrict output) {
  const long filters = c->filters, row = c->outWidth * filters;
  for (long t = 0; t < count; ++t) {
    const Place place = place_of(c, first + t);
    const long toY = clamped(c->outHeight - place.y, 4), toX = clamped(c->outWidth - place.x, 4);
    float *to = output + panel +
                ((place.sample * c->outHeight + place.y) * c->outWidth + place.x) * filters;
    for (long k = 0; k < width; k += LANES) {
      Lanes e[24];
      const float *from = m + t * width + k;
      for (long x = 0; x < 6; ++x) {
        Lanes line[6];
        UNROLLED(y, 6) {
          line[y] = *(const Lanes *)(from + (y * 6 + x) * count * width);
        }
        winograd_a(line, 1, e + x, 6);
      }
      for (long y = 0; y < toY; ++y) {
        Lanes line[4];
        winograd_a(e + y * 6, 1, line, 1);
        if (toX == 4) {
          UNROLLED(x, 4) { *(Lanes *)(to + y * row + x * filters + k) = line[x]; }
        } else {
          for (long x = 0; x < toX; ++x) *(Lanes *)(to + y * row + x * filters + k) = line[x];
        }
      }
    }
  }
}

void WIDE(winograd_input_gradient)(const Convolution *c, const float *restrict m, long first,
                                         long count, long panel, long width,
                                         float *restrict inputGradient) {
  const long channels = c->channels, row = c->width * channels;
  for (long t = 0; t < count; ++t) {
    const Place place = place_of(c, first + t);
    const long top = place.y - c->padding, left = place.x - c->padding;
    const long fromY = clamped(-top, 6), toY = clamped(c->height - top, 6);
    const long fromX = clamped(-left, 6), toX = clamped(c->width - left, 6);
    float *to = inputGradient + panel +
                ((place.sample * c->height + top) * c->width + left) * channels;
    for (long k = 0; k < width; k += LANES) {
      Lanes e[36];
      const float *from = m + t * width + k;
      for (long x = 0; x < 6; ++x) {
        Lanes line[6];
        UNROLLED(y, 6) {
          line[y] = *(const Lanes *)(from + (y * 6 + x) * count * width);
        }
        winograd_b_transposed(line, 1, e + x, 6);
      }
      for (long y = fromY; y < toY; ++y) {
        Lanes line[6];
        winograd_b_transposed(e + y * 6, 1, line, 1);
        if (fromX == 0 && toX == 6) {
          UNROLLED(x, 6) { *(Lanes *)(to + y * row + x * channels + k) += line[x]; }
        } else {
          for (long x = fromX; x < toX; ++x) {
            *(Lanes *)(to + y * row + x * channels + k) += line[x];
          }
        }
      }
    }
  }
}
