#include "../Lanes.h"

void WIDE(pool_sliding_max)(const SlidingPool *p, const float *restrict x,
                            const ChannelAffine *affine, float *restrict y, uint8_t *restrict place,
                            long samples) {
  const long channels = p->channels, row = p->width * channels;
  for (long s = 0; s < samples; ++s, x += p->height * row) {
    for (long oy = 0; oy < p->outHeight; ++oy) {
      const long top = oy * p->stride - p->padding;
      const long fromY = clamped(-top, p->size), toY = clamped(p->height - top, p->size);
      for (long ox = 0; ox < p->outWidth; ++ox, y += channels, place += channels) {
        const long left = ox * p->stride - p->padding;
        const long fromX = clamped(-left, p->size), toX = clamped(p->width - left, p->size);
        const float *window = x + top * row + left * channels;
        for (long c = 0; c < channels; c += LANES) {
          const long n = channels - c < LANES ? channels - c : LANES;
          Lanes m = 0, scale = 1, shift = 0;
          float floor = -__builtin_inff();
          if (affine) {
            m = lanes_load(affine->mean + c, n);
            scale = lanes_load(affine->scale + c, n);
            shift = lanes_load(affine->shift + c, n);
            floor = 0;
          }
          Lanes best = -__builtin_inff();
          IntLanes where = (IntLanes)(int)(fromY * p->size + fromX);
          for (long ky = fromY; ky < toY; ++ky) {
            for (long kx = fromX; kx < toX; ++kx) {
              const Lanes raw = lanes_load(window + ky * row + kx * channels + c, n);
              const Lanes value = fused(raw - m, scale, shift);
              const Lanes v = value < floor ? (Lanes)floor : value;
              const IntLanes wins = (v > best) | (v != v);
              best = wins ? v : best;
              where = wins ? (IntLanes)(int)(ky * p->size + kx) : where;
            }
          }
          lanes_store(y + c, best, n);
          const ByteLanes bytes = __builtin_convertvector(where, ByteLanes);
          memcpy(place + c, &bytes, (size_t)n);
        }
      }
    }
  }
}

void WIDE(pool_sliding_max_gradient)(const SlidingPool *p, const float *restrict dy,
                                     const uint8_t *restrict place, float *restrict dx,
                                     long samples) {
  const long channels = p->channels, area = p->outHeight * p->outWidth;
  for (long s = 0; s < samples; ++s, dy += area * channels, place += area * channels) {
    for (long y = 0; y < p->height; ++y) {
      // The windows that hold this row: oy * stride - padding <= y < oy * stride - padding + size.
      const long low = y + p->padding - p->size + 1;
      const long firstY = low <= 0 ? 0 : (low + p->stride - 1) / p->stride;
      const long lastY = clamped((y + p->padding) / p->stride, p->outHeight - 1);
      for (long x = 0; x < p->width; ++x, dx += channels) {
        const long left = x + p->padding - p->size + 1;
        const long firstX = left <= 0 ? 0 : (left + p->stride - 1) / p->stride;
        const long lastX = clamped((x + p->padding) / p->stride, p->outWidth - 1);
        for (long c = 0; c < channels; c += LANES) {
          const long n = channels - c < LANES ? channels - c : LANES;
          Lanes sum = 0;
          for (long oy = firstY; oy <= lastY; ++oy) {
            for (long ox = firstX; ox <= lastX; ++ox) {
              const long from = (oy * p->outWidth + ox) * channels + c;
              const long k =
                  (y - oy * p->stride + p->padding) * p->size + (x - ox * p->stride + p->padding);
              ByteLanes bytes = 0;
              if (n == LANES) {
                bytes = *(const ByteLanes *)(place + from);
              } else {
                memcpy(&bytes, place + from, (size_t)n);
              }
              const IntLanes where = __builtin_convertvector(bytes, IntLanes);
              sum += where == (int)k ? lanes_load(dy + from, n) : (Lanes)0.0f;
            }
          }
          lanes_store(dx + c, sum, n);
        }
      }
    }
  }
}
