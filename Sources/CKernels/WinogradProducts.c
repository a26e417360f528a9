#include "Winograd.h"

// The matrix products between the transforms. Twelve tiles by 32 columns are summed in 24
// registers; nothing is packed or copied, because the transforms write what the products read.

enum { ROWS = 12, FILTERS = 8 };

/// `height` rows from `first` by one panel of `blocks` times sixteen columns.
INLINE void some_rows(const float *restrict a, long rowStride, long first, long rows, long depth,
                      const float *restrict u, float *restrict m, const long height,
                      const long blocks) {
  const long width = blocks * LANES;
  const float *from[ROWS];
  WINOGRAD_UNROLLED(r, height) {
    // Behind the last row the last one is computed again, and not stored.
    from[r] = a + (first + r < rows ? first + r : rows - 1) * rowStride;
  }
  Lanes sums[ROWS][2];
  WINOGRAD_UNROLLED(r, height) sums[r][0] = sums[r][1] = 0;
  for (long k = 0; k < depth; ++k) {
    const Lanes u0 = *(const Lanes *)(u + k * width);
    const Lanes u1 = *(const Lanes *)(u + k * width + (blocks - 1) * LANES);
    WINOGRAD_UNROLLED(r, height) {
      const float value = from[r][k];
      sums[r][0] += u0 * value;
      if (blocks == 2) sums[r][1] += u1 * value;
    }
  }
  WINOGRAD_UNROLLED(r, height) {
    if (first + r >= rows) break;
    float *to = m + (first + r) * width;
    *(Lanes *)to = sums[r][0];
    if (blocks == 2) *(Lanes *)(to + LANES) = sums[r][1];
  }
}

INLINE void rows_by_panel(const float *restrict a, long rowStride, long rows, long depth,
                          const float *restrict u, float *restrict m, const long blocks) {
  long first = 0;
  for (; rows - first > 8; first += ROWS) {
    some_rows(a, rowStride, first, rows, depth, u, m, ROWS, blocks);
  }
  for (; first < rows; first += 4) {
    some_rows(a, rowStride, first, rows, depth, u, m, 4, blocks);
  }
}

WIDE_CLONES void winograd_products(const float *a, long placeStride, long rowStride, long rows,
                                   long depth, const float *u, long width, float *m) {
  for (long place = 0; place < WINOGRAD_PLACES; ++place) {
    const float *from = a + place * placeStride, *weights = u + place * depth * width;
    float *to = m + place * rows * width;
    if (width == WINOGRAD_PANEL) {
      rows_by_panel(from, rowStride, rows, depth, weights, to, 2);
    } else {
      rows_by_panel(from, rowStride, rows, depth, weights, to, 1);
    }
  }
}

INLINE void filters_by_panel(const float *restrict w, long wRowStride, const float *restrict v,
                             long vRowStride, long rows, long filters, float *restrict u,
                             int adds, const long blocks) {
  const long width = blocks * LANES;
  for (long first = 0; first < filters; first += FILTERS) {
    Lanes sums[FILTERS][2];
    WINOGRAD_UNROLLED(f, FILTERS) sums[f][0] = sums[f][1] = 0;
    const float *weight = w + first, *value = v;
    for (long row = 0; row < rows; ++row, weight += wRowStride, value += vRowStride) {
      const Lanes v0 = *(const Lanes *)value;
      const Lanes v1 = *(const Lanes *)(value + (blocks - 1) * LANES);
      // Rows lie far apart, which the processor does not foresee: the next line of each row.
      __builtin_prefetch(weight + LANES);
      WINOGRAD_UNROLLED(f, FILTERS) {
        sums[f][0] += v0 * weight[f];
        if (blocks == 2) sums[f][1] += v1 * weight[f];
      }
    }
    WINOGRAD_UNROLLED(f, FILTERS) {
      float *to = u + (first + f) * width;
      *(Lanes *)to = adds ? *(const Lanes *)to + sums[f][0] : sums[f][0];
      if (blocks == 2) {
        to += LANES;
        *(Lanes *)to = adds ? *(const Lanes *)to + sums[f][1] : sums[f][1];
      }
    }
  }
}

WIDE_CLONES void winograd_outer_products(const float *w, long wPlaceStride, long wRowStride,
                                         const float *v, long vPlaceStride, long vRowStride,
                                         long rows, long filters, long columns, float *u,
                                         long fromPlace, long toPlace, int adds) {
  // Place by place, so that its two matrices stay in the second-level cache for all panels.
  for (long place = fromPlace; place < toPlace; ++place) {
    const float *weights = w + place * wPlaceStride, *values = v + place * vPlaceStride;
    for (long first = 0; first < columns; first += WINOGRAD_PANEL) {
      float *panel = u + WINOGRAD_PLACES * filters * first;
      if (columns - first >= WINOGRAD_PANEL) {
        filters_by_panel(weights, wRowStride, values + first, vRowStride, rows, filters,
                         panel + place * filters * WINOGRAD_PANEL, adds, 2);
      } else {
        filters_by_panel(weights, wRowStride, values + first, vRowStride, rows, filters,
                         panel + place * filters * LANES, adds, 1);
      }
    }
  }
}
