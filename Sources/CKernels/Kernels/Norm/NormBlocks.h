#pragma once

#include "../Lanes.h"

// Sums run over blocks of rows that fit the first-level cache, in float32 registers, 16 channels at
// a time; block sums are added in float64. So precision does not suffer from a million rows, and
// every value comes from memory once.

INLINE long rows_of_block(long floats, long channels) {
  const long rows = floats / (channels > 0 ? channels : 1);
  return rows > 4 ? rows : 4;
}

/// Runs a statement for each block of some `floats` of x [rows, channels] and sixteen channels:
/// `count` rows from `first`, `n` channels from `c`.
#define EACH_BLOCK(floats)                                                                    \
  for (long block = rows_of_block(floats, channels), first = 0; first < rows; first += block) \
    for (long count = rows - first < block ? rows - first : block, c = 0, n;                  \
         c < channels && (n = channels - c < LANES ? channels - c : LANES); c += LANES)
