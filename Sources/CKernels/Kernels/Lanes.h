#pragma once

#include "Width.h"

// Sixteen floats are one register with AVX-512, two with AVX2, four with SSE; four doubles are one
// with AVX2. Loads need no alignment. Every kernel is laid out in these, whatever the processor
// has, so that a sum over lanes has the same order everywhere.
typedef float Lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef int IntLanes __attribute__((ext_vector_type(16), aligned(4)));
typedef unsigned char ByteLanes __attribute__((ext_vector_type(16), aligned(1)));
typedef double DoubleLanes __attribute__((ext_vector_type(4), aligned(8)));
enum { LANES = 16, DOUBLE_LANES = 4 };

/// a * b + c, rounded once; numbers stand for sixteen of them.
#define fused(a, b, c) fused_number((Lanes)(a), (Lanes)(b), (Lanes)(c))
/// The same of doubles.
#define fused_doubles(a, b, c) fused_number((DoubleLanes)(a), (DoubleLanes)(b), (DoubleLanes)(c))

// Macros, because a vector cannot be passed to or from a function by value everywhere.

/// The first `n` (at most 16) floats at `p`, then zeros.
#define lanes_load(p, n)                                 \
  ({                                                     \
    Lanes loaded = 0;                                    \
    if ((n) >= LANES) {                                  \
      loaded = *(const Lanes *)(p);                      \
    } else {                                             \
      memcpy(&loaded, (p), (size_t)(n) * sizeof(float)); \
    }                                                    \
    loaded;                                              \
  })

/// Stores the first `n` (at most 16) floats of `v`.
#define lanes_store(p, v, n)                             \
  do {                                                   \
    const Lanes stored = (v);                            \
    if ((n) >= LANES) {                                  \
      *(Lanes *)(p) = stored;                            \
    } else {                                             \
      memcpy((p), &stored, (size_t)(n) * sizeof(float)); \
    }                                                    \
  } while (0)

/// Repeats a statement for `i` in 0 ..< n, unrolled, so that arrays of vectors become registers.
#define UNROLLED(i, n) _Pragma("clang loop unroll(full)") for (long i = 0; i < (n); ++i)

INLINE long clamped(long value, long limit) {
  return value < 0 ? 0 : (value > limit ? limit : value);
}
