#pragma once

#include "../Lanes.h"

// The transforms of one line of a tile, for points 0, +-p, +-q, infinity with p = 1/sqrt 2,
// q = sqrt 2. Each array comes with its stride.

#define WINOGRAD_P 0.70710678118654752f
#define WINOGRAD_Q 1.41421356237309505f
/// What normalises the rows of G at +-p and at +-q.
#define WINOGRAD_CP (-2.0f / 3.0f)
#define WINOGRAD_CQ (1.0f / 6.0f)

/// Writes what a transform to six has at 0, +-p, +-q and infinity, from its even and its odd parts.
#define WINOGRAD_SIX(zero, evenP, oddP, evenQ, oddQ, last, e, es) \
  (e)[0] = zero;                                                  \
  (e)[(es)] = evenP + oddP;                                       \
  (e)[2 * (es)] = evenP - oddP;                                   \
  (e)[3 * (es)] = evenQ + oddQ;                                   \
  (e)[4 * (es)] = evenQ - oddQ;                                   \
  (e)[5 * (es)] = last

/// e = B' d, six of six.
#define winograd_b(d, ds, e, es)                                               \
  do {                                                                         \
    const Lanes evenP = fused(-2.0f, (d)[2 * (ds)], (d)[4 * (ds)]);            \
    const Lanes oddP = WINOGRAD_P * fused(-2.0f, (d)[(ds)], (d)[3 * (ds)]);    \
    const Lanes evenQ = fused(-0.5f, (d)[2 * (ds)], (d)[4 * (ds)]);            \
    const Lanes oddQ = WINOGRAD_Q * fused(-0.5f, (d)[(ds)], (d)[3 * (ds)]);    \
    const Lanes zero = fused(-2.5f, (d)[2 * (ds)], (d)[0]) + (d)[4 * (ds)];    \
    const Lanes last = fused(-2.5f, (d)[3 * (ds)], (d)[(ds)]) + (d)[5 * (ds)]; \
    WINOGRAD_SIX(zero, evenP, oddP, evenQ, oddQ, last, e, es);                 \
  } while (0)

/// d = B e, six of six.
#define winograd_b_transposed(e, es, d, ds)                                                       \
  do {                                                                                            \
    const Lanes sumP = (e)[(es)] + (e)[2 * (es)], differenceP = (e)[(es)] - (e)[2 * (es)];        \
    const Lanes sumQ = (e)[3 * (es)] + (e)[4 * (es)];                                             \
    const Lanes differenceQ = (e)[3 * (es)] - (e)[4 * (es)];                                      \
    const Lanes zero = (e)[0], last = (e)[5 * (es)];                                              \
    (d)[0] = zero;                                                                                \
    (d)[(ds)] =                                                                                   \
        fused(-0.5f * WINOGRAD_Q, differenceQ, fused(-2.0f * WINOGRAD_P, differenceP, last));     \
    (d)[2 * (ds)] = fused(-0.5f, sumQ, fused(-2.0f, sumP, -2.5f * zero));                         \
    (d)[3 * (ds)] = fused(-2.5f, last, fused(WINOGRAD_Q, differenceQ, WINOGRAD_P * differenceP)); \
    (d)[4 * (ds)] = zero + sumP + sumQ;                                                           \
    (d)[5 * (ds)] = last;                                                                         \
  } while (0)

/// y = A' m, four of six.
#define winograd_a(m, ms, y, ys)                                                                   \
  do {                                                                                             \
    const Lanes sumP = (m)[(ms)] + (m)[2 * (ms)], differenceP = (m)[(ms)] - (m)[2 * (ms)];         \
    const Lanes sumQ = (m)[3 * (ms)] + (m)[4 * (ms)];                                              \
    const Lanes differenceQ = (m)[3 * (ms)] - (m)[4 * (ms)];                                       \
    const Lanes zero = (m)[0], last = (m)[5 * (ms)];                                               \
    (y)[0] = zero + sumP + sumQ;                                                                   \
    (y)[(ys)] = fused(WINOGRAD_Q, differenceQ, WINOGRAD_P * differenceP);                          \
    (y)[2 * (ys)] = fused(2.0f, sumQ, 0.5f * sumP);                                                \
    (y)[3 * (ys)] = fused(2.0f * WINOGRAD_Q, differenceQ, 0.5f * WINOGRAD_P * differenceP) + last; \
  } while (0)

/// m = A y, six of four.
#define winograd_a_transposed(y, ys, m, ms)                                \
  do {                                                                     \
    const Lanes evenP = fused(0.5f, (y)[2 * (ys)], (y)[0]);                \
    const Lanes oddP = WINOGRAD_P * fused(0.5f, (y)[3 * (ys)], (y)[(ys)]); \
    const Lanes evenQ = fused(2.0f, (y)[2 * (ys)], (y)[0]);                \
    const Lanes oddQ = WINOGRAD_Q * fused(2.0f, (y)[3 * (ys)], (y)[(ys)]); \
    const Lanes zero = (y)[0], last = (y)[3 * (ys)];                       \
    WINOGRAD_SIX(zero, evenP, oddP, evenQ, oddQ, last, m, ms);             \
  } while (0)

/// h = G g, six of three.
#define winograd_g(g, gs, h, hs)                                          \
  do {                                                                    \
    const Lanes evenP = WINOGRAD_CP * fused(0.5f, (g)[2 * (gs)], (g)[0]); \
    const Lanes oddP = WINOGRAD_CP * WINOGRAD_P * (g)[(gs)];              \
    const Lanes evenQ = WINOGRAD_CQ * fused(2.0f, (g)[2 * (gs)], (g)[0]); \
    const Lanes oddQ = WINOGRAD_CQ * WINOGRAD_Q * (g)[(gs)];              \
    const Lanes zero = (g)[0], last = (g)[2 * (gs)];                      \
    WINOGRAD_SIX(zero, evenP, oddP, evenQ, oddQ, last, h, hs);            \
  } while (0)

/// g = G' h, three of six.
#define winograd_g_transposed(h, hs, g, gs)                                  \
  do {                                                                       \
    const Lanes sumP = WINOGRAD_CP * ((h)[(hs)] + (h)[2 * (hs)]);            \
    const Lanes differenceP = WINOGRAD_CP * ((h)[(hs)] - (h)[2 * (hs)]);     \
    const Lanes sumQ = WINOGRAD_CQ * ((h)[3 * (hs)] + (h)[4 * (hs)]);        \
    const Lanes differenceQ = WINOGRAD_CQ * ((h)[3 * (hs)] - (h)[4 * (hs)]); \
    const Lanes zero = (h)[0], last = (h)[5 * (hs)];                         \
    (g)[0] = zero + sumP + sumQ;                                             \
    (g)[(gs)] = fused(WINOGRAD_Q, differenceQ, WINOGRAD_P * differenceP);    \
    (g)[2 * (gs)] = fused(2.0f, sumQ, 0.5f * sumP) + last;                   \
  } while (0)
