#include "WinogradTransforms.h"

// The matrix products between the transforms. As many tiles by columns are summed at a time as this
// width has registers for; nothing is packed or copied, because the transforms write what the
// products read. Each output is one chain of fused multiply-adds in the order of the depth, or of
// the rows, whatever the tiles are.

// How many rows are left for the smaller tile.
enum { TILE_TAIL = TILE_ROWS / 3 };

/// `height` rows from `first` by `lanes` times sixteen columns of a panel of `width`.
INLINE void some_rows(const float *restrict a, long rowStride, long first, long rows, long depth,
                      const float *restrict u, float *restrict m, long width, const long height,
                      const long lanes) {
  const float *from[TILE_ROWS];
  UNROLLED(r, height) {
    // After the last row the last one is computed again, and not stored.
    from[r] = a + (first + r < rows ? first + r : rows - 1) * rowStride;
  }
  Lanes sums[TILE_ROWS][TILE_LANES];
  UNROLLED(r, height)
    UNROLLED(l, lanes) sums[r][l] = 0;
  for (long k = 0; k < depth; ++k, u += width) {
    Lanes weights[TILE_LANES];
    UNROLLED(l, lanes) weights[l] = *(const Lanes *)(u + l * LANES);
    UNROLLED(r, height) {
      const Lanes value = from[r][k];
      UNROLLED(l, lanes) sums[r][l] = fused(weights[l], value, sums[r][l]);
    }
  }
  UNROLLED(r, height) {
    if (first + r >= rows) break;
    UNROLLED(l, lanes) *(Lanes *)(m + (first + r) * width + l * LANES) = sums[r][l];
  }
}

INLINE void rows_by_columns(const float *restrict a, long rowStride, long rows, long depth,
                            const float *restrict u, float *restrict m, long width,
                            const long lanes) {
  long first = 0;
  for (; rows - first > 2 * TILE_TAIL; first += TILE_ROWS) {
    some_rows(a, rowStride, first, rows, depth, u, m, width, TILE_ROWS, lanes);
  }
  for (; first < rows; first += TILE_TAIL) {
    some_rows(a, rowStride, first, rows, depth, u, m, width, TILE_TAIL, lanes);
  }
}

void WIDE(winograd_products)(const float *a, long placeStride, long rowStride, long rows,
                             long depth, const float *u, long width, float *m) {
  for (long place = 0; place < WINOGRAD_PLACES; ++place) {
    const float *from = a + place * placeStride, *weights = u + place * depth * width;
    float *to = m + place * rows * width;
    for (long column = 0; column < width; column += TILE_LANES * LANES) {
      if (width - column >= TILE_LANES * LANES) {
        rows_by_columns(from, rowStride, rows, depth, weights + column, to + column, width,
                        TILE_LANES);
      } else {
        rows_by_columns(from, rowStride, rows, depth, weights + column, to + column, width, 1);
      }
    }
  }
}

INLINE void filters_by_columns(const float *restrict w, long wRowStride, const float *restrict v,
                               long vRowStride, long rows, long filters, float *restrict u,
                               long width, int adds, const long lanes) {
  for (long first = 0; first < filters; first += TILE_FILTERS) {
    Lanes sums[TILE_FILTERS][TILE_LANES];
    UNROLLED(f, TILE_FILTERS)
      UNROLLED(l, lanes) sums[f][l] = 0;
    const float *weight = w + first, *value = v;
    for (long row = 0; row < rows; ++row, weight += wRowStride, value += vRowStride) {
      Lanes values[TILE_LANES];
      UNROLLED(l, lanes) values[l] = *(const Lanes *)(value + l * LANES);
      // Rows lie far apart, which the processor does not foresee: the next line of each row.
      __builtin_prefetch(weight + LANES);
      UNROLLED(f, TILE_FILTERS) {
        const Lanes factor = weight[f];
        UNROLLED(l, lanes) sums[f][l] = fused(values[l], factor, sums[f][l]);
      }
    }
    UNROLLED(f, TILE_FILTERS) {
      UNROLLED(l, lanes) {
        float *to = u + (first + f) * width + l * LANES;
        *(Lanes *)to = adds ? *(const Lanes *)to + sums[f][l] : sums[f][l];
      }
    }
  }
}

void WIDE(winograd_outer_products)(const float *w, long wPlaceStride, long wRowStride,
                                   const float *v, long vPlaceStride, long vRowStride, long rows,
                                   long filters, long columns, float *u, long fromPlace,
                                   long toPlace, int adds) {
  // Place by place, so that its two matrices stay in the second-level cache for all panels.
  for (long place = fromPlace; place < toPlace; ++place) {
    const float *weights = w + place * wPlaceStride, *values = v + place * vPlaceStride;
    for (long first = 0; first < columns; first += WINOGRAD_PANEL) {
      const long left = columns - first, width = left < WINOGRAD_PANEL ? left : WINOGRAD_PANEL;
      float *panel = u + WINOGRAD_PLACES * filters * first + place * filters * width;
      for (long column = 0; column < width; column += TILE_LANES * LANES) {
        const float *from = values + first + column;
        if (width - column >= TILE_LANES * LANES) {
          filters_by_columns(weights, wRowStride, from, vRowStride, rows, filters, panel + column,
                             width, adds, TILE_LANES);
        } else {
          filters_by_columns(weights, wRowStride, from, vRowStride, rows, filters, panel + column,
                             width, adds, 1);
        }
      }
    }
  }
}
