#pragma once

// Winograd's minimal filtering F(4x4, 3x3) for 3 by 3 convolutions of stride 1 (Lavin and Gray,
// 2016, arXiv:1509.09308): a tile of 4 by 4 outputs needs 36 products a channel instead of 144.
//
// The points of interpolation are 0, +-1/sqrt 2, +-sqrt 2 and infinity, which halve the rounding
// error of the usual 0, +-1, +-2 (Barabasz et al., 2018, arXiv:1803.10986). With the transforms A,
// B and G of these points and `o` the product of matching elements,
//
//   y = A' [(G w G') o (B' x B)] A,
//
// summed over channels: one matrix product for each of the 36 places of a transformed tile. The
// gradients are its transposes, with the same transformed tiles: with V = B' x B, W = A dy A',
// U = G w G',   dx = sum B (W o U) B' over overlapping tiles,   dw = G' [sum W o V] G.
//
// float32, channels-last; channels and filters come in sixteens. Tiles are counted row by row
// through the whole batch. A transformed tile is spread over `WINOGRAD_PLACES` matrices
// [tiles, channels], `placeStride` floats apart, their rows `rowStride` apart.
#include "LayerKernels.h"
#include "ResidualKernels.h"
#include "Kernel.h"

enum { WINOGRAD_TILE = 4, WINOGRAD_PLACES = 36, WINOGRAD_PANEL = 32 };

/// The number of tiles of one sample.
KERNEL(long, winograd_tiles, (const Convolution *c), (c))

/// V of tiles `first ..< first + count` of the input, or of max(norm(input), 0) unless `norm` is
/// null; the padding is zero either way.
KERNEL(void, winograd_input,
       (const Convolution *c, const float *input, const ChannelAffine *norm, long first, long count,
       float *v, long placeStride, long rowStride),
       (c, input, norm, first, count, v, placeStride, rowStride))

/// W of tiles `first ..< first + count` of the output gradient.
KERNEL(void, winograd_output_gradient,
       (const Convolution *c, const float *outputGradient, long first, long count, float *w, long
       placeStride, long rowStride),
       (c, outputGradient, first, count, w, placeStride, rowStride))

/// Filters `panel ..< panel + width` of the output, from their sums m [places, count, width].
KERNEL(void, winograd_output,
       (const Convolution *c, const float *m, long first, long count, long panel, long width, float
       *output),
       (c, m, first, count, panel, width, output))

/// Adds channels `panel ..< panel + width` of the input gradient, from m [places, count, width].
KERNEL(void, winograd_input_gradient,
       (const Convolution *c, const float *m, long first, long count, long panel, long width, float
       *inputGradient),
       (c, m, first, count, panel, width, inputGradient))

/// u [places, channels, width]: U of filters `panel ..< panel + width`.
KERNEL(void, winograd_weights,
       (const Convolution *c, const float *weights, long panel, long width, float *u),
       (c, weights, panel, width, u))

/// u [places, filters, width]: U of channels `panel ..< panel + width`.
KERNEL(void, winograd_weights_turned,
       (const Convolution *c, const float *weights, long panel, long width, float *u),
       (c, weights, panel, width, u))

/// Channels `panel ..< panel + width` of the weight gradient from u [places, filters, width].
KERNEL(void, winograd_weight_gradient,
       (const Convolution *c, const float *u, long panel, long width, float *gradient),
       (c, u, panel, width, gradient))

/// m [places, rows, width] = a [places, rows, depth] * u [places, depth, width]; width 32 or 16.
KERNEL(void, winograd_products,
       (const float *a, long placeStride, long rowStride, long rows, long depth, const float *u,
       long width, float *m),
       (a, placeStride, rowStride, rows, depth, u, width, m))

/// u, panels of 32 columns (the last may have 16), each [places, filters, its width] (+)= the sum
/// over `rows` tiles of w[filter] * v[column]; places `fromPlace ..< toPlace` only.
KERNEL(void, winograd_outer_products,
       (const float *w, long wPlaceStride, long wRowStride, const float *v, long vPlaceStride, long
       vRowStride, long rows, long filters, long columns, float *u, long fromPlace, long toPlace,
       int adds),
       (w, wPlaceStride, wRowStride, v, vPlaceStride, vRowStride, rows, filters, columns, u,
       fromPlace, toPlace, adds))
