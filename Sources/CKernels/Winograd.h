#pragma once

#include "Lanes.h"
#include "WinogradKernels.h"

// The transforms of one line of a tile, for points 0, +-p, +-q, infinity with p = 1/sqrt 2,
// q = sqrt 2. Each array comes with its stride.

#define WINOGRAD_P 0.70710678118654752f
#define WINOGRAD_Q 1.41421356237309505f
/// What normalises the rows of G at +-p and at +-q.
#define WINOGRAD_CP (-2.0f / 3.0f)
#define WINOGRAD_CQ (1.0f / 6.0f)

/// e = B' d, six of six.
#define winograd_b(d, ds, e, es)                                                     \
  do {                                                                                       \
    const Lanes evenP = (d)[4 * (ds)] - 2.0f * (d)[2 * (ds)];                                \
    const Lanes oddP = WINOGRAD_P * ((d)[3 * (ds)] - 2.0f * (d)[(ds)]);                      \
    const Lanes evenQ = (d)[4 * (ds)] - 0.5f * (d)[2 * (ds)];                                \
    const Lanes oddQ = WINOGRAD_Q * ((d)[3 * (ds)] - 0.5f * (d)[(ds)]);                      \
    const Lanes zero = (d)[0] - 2.5f * (d)[2 * (ds)] + (d)[4 * (ds)];                        \
    const Lanes last = (d)[(ds)] - 2.5f * (d)[3 * (ds)] + (d)[5 * (ds)];                     \
    (e)[0] = zero;                                                                           \
    (e)[(es)] = evenP + oddP;                                                                \
    (e)[2 * (es)] = evenP - oddP;                                                            \
    (e)[3 * (es)] = evenQ + oddQ;                                                            \
    (e)[4 * (es)] = evenQ - oddQ;                                                            \
    (e)[5 * (es)] = last;                                                                    \
  } while (0)

/// d = B e, six of six.
#define winograd_b_transposed(e, es, d, ds)                                          \
  do {                                                                                       \
    const Lanes sumP = (e)[(es)] + (e)[2 * (es)], differenceP = (e)[(es)] - (e)[2 * (es)];   \
    const Lanes sumQ = (e)[3 * (es)] + (e)[4 * (es)];                                        \
    const Lanes differenceQ = (e)[3 * (es)] - (e)[4 * (es)];                                 \
    const Lanes zero = (e)[0], last = (e)[5 * (es)];                                         \
    (d)[0] = zero;                                                                           \
    (d)[(ds)] = last - 2.0f * WINOGRAD_P * differenceP - 0.5f * WINOGRAD_Q * differenceQ;    \
    (d)[2 * (ds)] = -2.5f * zero - 2.0f * sumP - 0.5f * sumQ;                                \
    (d)[3 * (ds)] = WINOGRAD_P * differenceP + WINOGRAD_Q * differenceQ - 2.5f * last;       \
    (d)[4 * (ds)] = zero + sumP + sumQ;                                                      \
    (d)[5 * (ds)] = last;                                                                    \
  } while (0)

/// y = A' m, four of six.
#define winograd_a(m, ms, y, ys)                                                     \
  do {                                                                                       \
    const Lanes sumP = (m)[(ms)] + (m)[2 * (ms)], differenceP = (m)[(ms)] - (m)[2 * (ms)];   \
    const Lanes sumQ = (m)[3 * (ms)] + (m)[4 * (ms)];                                        \
    const Lanes differenceQ = (m)[3 * (ms)] - (m)[4 * (ms)];                                 \
    const Lanes zero = (m)[0], last = (m)[5 * (ms)];                                         \
    (y)[0] = zero + sumP + sumQ;                                                             \
    (y)[(ys)] = WINOGRAD_P * differenceP + WINOGRAD_Q * differenceQ;                         \
    (y)[2 * (ys)] = 0.5f * sumP + 2.0f * sumQ;                                               \
    (y)[3 * (ys)] = 0.5f * WINOGRAD_P * differenceP + 2.0f * WINOGRAD_Q * differenceQ + last; \
  } while (0)

/// m = A y, six of four.
#define winograd_a_transposed(y, ys, m, ms)                                          \
  do {                                                                                       \
    const Lanes evenP = (y)[0] + 0.5f * (y)[2 * (ys)];                                       \
    const Lanes oddP = WINOGRAD_P * ((y)[(ys)] + 0.5f * (y)[3 * (ys)]);                      \
    const Lanes evenQ = (y)[0] + 2.0f * (y)[2 * (ys)];                                       \
    const Lanes oddQ = WINOGRAD_Q * ((y)[(ys)] + 2.0f * (y)[3 * (ys)]);                      \
    const Lanes zero = (y)[0], last = (y)[3 * (ys)];                                         \
    (m)[0] = zero;                                                                           \
    (m)[(ms)] = evenP + oddP;                                                                \
    (m)[2 * (ms)] = evenP - oddP;                                                            \
    (m)[3 * (ms)] = evenQ + oddQ;                                                            \
    (m)[4 * (ms)] = evenQ - oddQ;                                                            \
    (m)[5 * (ms)] = last;                                                                    \
  } while (0)

/// h = G g, six of three.
#define winograd_g(g, gs, h, hs)                                                     \
  do {                                                                                       \
    const Lanes evenP = WINOGRAD_CP * ((g)[0] + 0.5f * (g)[2 * (gs)]);                       \
    const Lanes oddP = WINOGRAD_CP * WINOGRAD_P * (g)[(gs)];                                 \
    const Lanes evenQ = WINOGRAD_CQ * ((g)[0] + 2.0f * (g)[2 * (gs)]);                       \
    const Lanes oddQ = WINOGRAD_CQ * WINOGRAD_Q * (g)[(gs)];                                 \
    const Lanes zero = (g)[0], last = (g)[2 * (gs)];                                         \
    (h)[0] = zero;                                                                           \
    (h)[(hs)] = evenP + oddP;                                                                \
    (h)[2 * (hs)] = evenP - oddP;                                                            \
    (h)[3 * (hs)] = evenQ + oddQ;                                                            \
    (h)[4 * (hs)] = evenQ - oddQ;                                                            \
    (h)[5 * (hs)] = last;                                                                    \
  } while (0)

/// g = G' h, three of six.
#define winograd_g_transposed(h, hs, g, gs)                                          \
  do {                                                                                       \
    const Lanes sumP = WINOGRAD_CP * ((h)[(hs)] + (h)[2 * (hs)]);                            \
    const Lanes differenceP = WINOGRAD_CP * ((h)[(hs)] - (h)[2 * (hs)]);                     \
    const Lanes sumQ = WINOGRAD_CQ * ((h)[3 * (hs)] + (h)[4 * (hs)]);                        \
    const Lanes differenceQ = WINOGRAD_CQ * ((h)[3 * (hs)] - (h)[4 * (hs)]);                 \
    const Lanes zero = (h)[0], last = (h)[5 * (hs)];                                         \
    (g)[0] = zero + sumP + sumQ;                                                             \
    (g)[(gs)] = WINOGRAD_P * differenceP + WINOGRAD_Q * differenceQ;                         \
    (g)[2 * (gs)] = 0.5f * sumP + 2.0f * sumQ + last;                                        \
  } while (0)

/// Repeats a statement for `i` in 0 ..< n, unrolled, so that arrays of vectors become registers.
#define WINOGRAD_UNROLLED(i, n) _Pragma("clang loop unroll(full)") for (long i = 0; i < (n); ++i)
