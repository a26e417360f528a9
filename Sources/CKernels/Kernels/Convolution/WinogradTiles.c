#include "WinogradTransforms.h"

// From images to transformed tiles and back, sixteen channels at a time. A tile is 6 by 6 inputs,
// two of which it shares with each neighbour, or 4 by 4 outputs.

static long tiles_along(long outputs) { return (outputs + WINOGRAD_TILE - 1) / WINOGRAD_TILE; }

long WIDE(winograd_tiles)(const Convolution *c) {
  return tiles_along(c->outHeight) * tiles_along(c->outWidth);
}

/// Where a tile of outputs lies: its first pixel's place in the batch, and how many rows and
/// columns of it there are.
typedef struct {
  long place, rows, columns;
} OutputTile;

/// Where a tile of inputs lies: the place in the batch that its first pixel has or would have, and
/// which of its rows and columns are no padding.
typedef struct {
  long place, fromY, toY, fromX, toX;
} InputTile;

INLINE OutputTile output_tile_of(const Convolution *c, long tile) {
  const long across = tiles_along(c->outWidth), each = WIDE(winograd_tiles)(c);
  const long within = tile % each;
  const long y = within / across * WINOGRAD_TILE, x = within % across * WINOGRAD_TILE;
  return (OutputTile){(tile / each * c->outHeight + y) * c->outWidth + x,
                      clamped(c->outHeight - y, 4), clamped(c->outWidth - x, 4)};
}

INLINE InputTile input_tile_of(const Convolution *c, long tile) {
  const long across = tiles_along(c->outWidth), each = WIDE(winograd_tiles)(c);
  const long within = tile % each;
  const long top = within / across * WINOGRAD_TILE - c->padding;
  const long left = within % across * WINOGRAD_TILE - c->padding;
  return (InputTile){(tile / each * c->height + top) * c->width + left, clamped(-top, 6),
                     clamped(c->height - top, 6), clamped(-left, 6), clamped(c->width - left, 6)};
}

/// One tile of sixteen channels: `from` is where its first pixel lies or would lie, and what is in
/// rows `fromY ..< toY` and columns `fromX ..< toX` is there, the rest zero.
INLINE void input_tile(const float *restrict from, long row, long channels, long fromY, long toY,
                       long fromX, long toX, const ChannelAffine *norm, long k, float *restrict to,
                       long placeStride) {
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
    UNROLLED(x, 6) *(Lanes *)(to + (y * 6 + x) * placeStride) = line[x];
  }
}

void WIDE(winograd_input)(const Convolution *c, const float *restrict input,
                          const ChannelAffine *norm, long first, long count, float *restrict v,
                          long placeStride, long rowStride) {
  const long channels = c->channels, row = c->width * channels;
  for (long t = 0; t < count; ++t) {
    const InputTile tile = input_tile_of(c, first + t);
    const float *from = input + tile.place * channels;
    float *to = v + t * rowStride;
    const int whole = tile.fromY == 0 && tile.fromX == 0 && tile.toY == 6 && tile.toX == 6;
    // Written out so that the compiler makes a version without tests for the tiles inside.
    for (long k = 0; k < channels; k += LANES) {
      if (whole && norm) {
        input_tile(from + k, row, channels, 0, 6, 0, 6, norm, k, to + k, placeStride);
      } else if (whole) {
        input_tile(from + k, row, channels, 0, 6, 0, 6, 0, k, to + k, placeStride);
      } else {
        input_tile(from + k, row, channels, tile.fromY, tile.toY, tile.fromX, tile.toX, norm, k,
                   to + k, placeStride);
      }
    }
  }
}

void WIDE(winograd_output_gradient)(const Convolution *c, const float *restrict outputGradient,
                                    long first, long count, float *restrict w, long placeStride,
                                    long rowStride) {
  const long filters = c->filters, row = c->outWidth * filters;
  for (long t = 0; t < count; ++t) {
    const OutputTile tile = output_tile_of(c, first + t);
    const float *from = outputGradient + tile.place * filters;
    for (long k = 0; k < filters; k += LANES) {
      Lanes d[16], e[24];
      if (tile.rows == 4 && tile.columns == 4) {
        for (long y = 0; y < 4; ++y) {
          UNROLLED(x, 4) {
            d[y * 4 + x] = *(const Lanes *)(from + y * row + x * filters + k);
          }
        }
      } else {
        for (long i = 0; i < 16; ++i) d[i] = 0;
        for (long y = 0; y < tile.rows; ++y) {
          for (long x = 0; x < tile.columns; ++x) {
            d[y * 4 + x] = *(const Lanes *)(from + y * row + x * filters + k);
          }
        }
      }
      for (long x = 0; x < 4; ++x) winograd_a_transposed(d + x, 4, e + x, 4);
      float *to = w + t * rowStride + k;
      for (long y = 0; y < 6; ++y) {
        Lanes line[6];
        winograd_a_transposed(e + y * 4, 1, line, 1);
        UNROLLED(x, 6) *(Lanes *)(to + (y * 6 + x) * placeStride) = line[x];
      }
    }
  }
}

void WIDE(winograd_output)(const Convolution *c, const float *restrict m, long first, long count,
                           long panel, long width, float *restrict output) {
  const long filters = c->filters, row = c->outWidth * filters;
  for (long t = 0; t < count; ++t) {
    const OutputTile tile = output_tile_of(c, first + t);
    float *to = output + panel + tile.place * filters;
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
      for (long y = 0; y < tile.rows; ++y) {
        Lanes line[4];
        winograd_a(e + y * 6, 1, line, 1);
        if (tile.columns == 4) {
          UNROLLED(x, 4) *(Lanes *)(to + y * row + x * filters + k) = line[x];
        } else {
          for (long x = 0; x < tile.columns; ++x)
            *(Lanes *)(to + y * row + x * filters + k) = line[x];
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
    const InputTile tile = input_tile_of(c, first + t);
    float *to = inputGradient + panel + tile.place * channels;
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
      for (long y = tile.fromY; y < tile.toY; ++y) {
        Lanes line[6];
        winograd_b_transposed(e + y * 6, 1, line, 1);
        if (tile.fromX == 0 && tile.toX == 6) {
          UNROLLED(x, 6) *(Lanes *)(to + y * row + x * channels + k) += line[x];
        } else {
          for (long x = tile.fromX; x < tile.toX; ++x) {
            *(Lanes *)(to + y * row + x * channels + k) += line[x];
          }
        }
      }
    }
  }
}
