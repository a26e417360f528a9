#pragma once

#include <string.h>

#include "Clones.h"

// Sixteen floats: one register with AVX-512, two with AVX2, four with SSE. Loads need no alignment.
typedef float Lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef int IntLanes __attribute__((ext_vector_type(16), aligned(4)));
enum { LANES = 16 };

// Clones that may use whole 512-bit registers, which the compiler's own tuning would halve.
#define WIDE_CLONES __attribute__((min_vector_width(512))) CLONES
#define INLINE static inline __attribute__((always_inline))

// Macros, because a vector cannot be passed to or from a function whose clones disagree on
// registers.

/// The first `n` (at most 16) floats at `p`, zeros behind.
#define lanes_load(p, n)                                       \
  ({                                                           \
    Lanes loaded = 0;                                          \
    if ((n) >= LANES) {                                        \
      loaded = *(const Lanes *)(p);                            \
    } else {                                                   \
      memcpy(&loaded, (p), (size_t)(n) * sizeof(float));       \
    }                                                          \
    loaded;                                                    \
  })

/// Stores the first `n` (at most 16) floats of `v`.
#define lanes_store(p, v, n)                                   \
  do {                                                         \
    const Lanes stored = (v);                                  \
    if ((n) >= LANES) {                                        \
      *(Lanes *)(p) = stored;                                  \
    } else {                                                   \
      memcpy((p), &stored, (size_t)(n) * sizeof(float));       \
    }                                                          \
  } while (0)
