#pragma once

// What a file that compiles all kernels for one width includes first. It defines WIDTH, the width's
// name, WIDTH_FUSES, whether the width has fused multiply-adds, and the sizes of register tiles.

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_PASTED(name, width) name##_##width
#define WIDTH_EXPANDED(name, width) WIDTH_PASTED(name, width)
/// The name of a kernel in this width.
#define WIDE(name) WIDTH_EXPANDED(name, WIDTH)

#define KERNEL(result, name, parameters, arguments) result WIDE(name) parameters;
#include "CKernels.h"

// What is fused is written out as `fused`: the compiler must not choose, because it would choose
// differently for each width, and the bits would differ.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

/// a * b + c of numbers, rounded once.
#if WIDTH_FUSES
#define fused_number(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define fused_number(a, b, c) ((a) * (b) + (c))
#endif
