#pragma once

// From images to transformed tiles and back; see Winograd.h.
#include "Convolution.h"
#include "Kernel.h"
#include "NormChannels.h"
#include "Winograd.h"

/// The number of tiles of one sample.
KERNEL(long, winograd_tiles, (const Convolution *c), (c))

/// v: V of tiles `first ..< first + count` of the input, or of max(norm(input), 0) unless `norm` is
/// null; the padding is zero either way.
KERNEL(void, winograd_input,
       (const Convolution *c, const float *input, const ChannelAffine *norm, long first, long count,
        float *v, long placeStride, long rowStride),
       (c, input, norm, first, count, v, placeStride, rowStride))

/// w: W of tiles `first ..< first + count` of the output gradient.
KERNEL(void, winograd_output_gradient,
       (const Convolution *c, const float *outputGradient, long first, long count, float *w,
        long placeStride, long rowStride),
       (c, outputGradient, first, count, w, placeStride, rowStride))

/// Filters `panel ..< panel + width` of the output, from their sums m [places, count, width].
KERNEL(void, winograd_output,
       (const Convolution *c, const float *m, long first, long count, long panel, long width,
        float *output),
       (c, m, first, count, panel, width, output))

/// Adds channels `panel ..< panel + width` of the input gradient, from m [places, count, width],
/// tiles ascending where they overlap.
KERNEL(void, winograd_input_gradient,
       (const Convolution *c, const float *m, long first, long count, long panel, long width,
        float *inputGradient),
       (c, m, first, count, panel, width, inputGradient))
