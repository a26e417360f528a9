#include "../Lanes.h"

void WIDE(pool_max)(const float *restrict x, float *restrict y, uint8_t *restrict place,
                    long samples, long height, long width, long channels, long size) {
  const long outHeight = height / size, outWidth = width / size, row = width * channels;
  for (long s = 0; s < samples; ++s, x += height * row) {
    for (long oy = 0; oy < outHeight; ++oy) {
      for (long ox = 0; ox < outWidth; ++ox, y += channels, place += channels) {
        const float *window = x + oy * size * row + ox * size * channels;
        for (long c = 0; c < channels; c += LANES) {
          const long n = channels - c < LANES ? channels - c : LANES;
          Lanes best = lanes_load(window + c, n);
          IntLanes where = 0;
          for (long k = 1; k < size * size; ++k) {
            const Lanes v = lanes_load(window + k / size * row + k % size * channels + c, n);
            const IntLanes wins = (v > best) | (v != v);
            best = wins ? v : best;
            where = wins ? (IntLanes)(int)k : where;
          }
          lanes_store(y + c, best, n);
          const ByteLanes bytes = __builtin_convertvector(where, ByteLanes);
          if (n == LANES) *(ByteLanes *)(place + c) = bytes;
          else memcpy(place + c, &bytes, (size_t)n);
        }
      }
    }
  }
}

/// Zeros for the rows and columns after the last whole window.
INLINE void clear_rest(float *sample, long height, long width, long channels, long size) {
  const long row = width * channels, used = width / size * size * channels;
  const long usedRows = height / size * size;
  if (used < row) {
    for (long y = 0; y < usedRows; ++y) {
      memset(sample + y * row + used, 0, (size_t)(row - used) * sizeof(float));
    }
  }
  memset(sample + usedRows * row, 0, (size_t)((height - usedRows) * row) * sizeof(float));
}

void WIDE(pool_max_gradient)(const float *restrict dy, const uint8_t *restrict place,
                             float *restrict dx, long samples, long height, long width,
                             long channels, long size) {
  const long outHeight = height / size, outWidth = width / size, row = width * channels;
  for (long s = 0; s < samples; ++s, dx += height * row) {
    clear_rest(dx, height, width, channels, size);
    for (long oy = 0; oy < outHeight; ++oy) {
      for (long ox = 0; ox < outWidth; ++ox, dy += channels, place += channels) {
        float *window = dx + oy * size * row + ox * size * channels;
        for (long c = 0; c < channels; c += LANES) {
          const long n = channels - c < LANES ? channels - c : LANES;
          const Lanes g = lanes_load(dy + c, n);
          ByteLanes bytes = 0;
          if (n == LANES) bytes = *(const ByteLanes *)(place + c);
          else memcpy(&bytes, place + c, (size_t)n);
          const IntLanes where = __builtin_convertvector(bytes, IntLanes);
          for (long k = 0; k < size * size; ++k) {
            const Lanes v = where == (int)k ? g : (Lanes)0.0f;
            lanes_store(window + k / size * row + k % size * channels + c, v, n);
          }
        }
      }
    }
  }
}

void WIDE(pool_mean)(const float *restrict x, float *restrict y, long samples, long height,
                     long width, long channels, long size) {
  const long outHeight = height / size, outWidth = width / size, row = width * channels;
  const float share = 1.0f / (float)(size * size);
  for (long s = 0; s < samples; ++s, x += height * row) {
    for (long oy = 0; oy < outHeight; ++oy) {
      for (long ox = 0; ox < outWidth; ++ox, y += channels) {
        const float *window = x + oy * size * row + ox * size * channels;
        for (long c = 0; c < channels; c += LANES) {
          const long n = channels - c < LANES ? channels - c : LANES;
          Lanes sum = 0;
          for (long ky = 0; ky < size; ++ky) {
            for (long kx = 0; kx < size; ++kx) {
              sum += lanes_load(window + ky * row + kx * channels + c, n);
            }
          }
          lanes_store(y + c, sum * share, n);
        }
      }
    }
  }
}

void WIDE(pool_mean_gradient)(const float *restrict dy, float *restrict dx, long samples,
                              long height, long width, long channels, long size) {
  const long outHeight = height / size, outWidth = width / size, row = width * channels;
  const float share = 1.0f / (float)(size * size);
  for (long s = 0; s < samples; ++s, dx += height * row) {
    clear_rest(dx, height, width, channels, size);
    for (long oy = 0; oy < outHeight; ++oy) {
      for (long ox = 0; ox < outWidth; ++ox, dy += channels) {
        float *window = dx + oy * size * row + ox * size * channels;
        for (long c = 0; c < channels; c += LANES) {
          const long n = channels - c < LANES ? channels - c : LANES;
          const Lanes v = lanes_load(dy + c, n) * share;
          for (long ky = 0; ky < size; ++ky) {
            for (long kx = 0; kx < size; ++kx) {
              lanes_store(window + ky * row + kx * channels + c, v, n);
            }
          }
        }
      }
    }
  }
}
