#pragma once

// Convolution in place, a sample at a time, without columns. Filters come in sixteens, and weights
// in panels of 32 filters (the last may have 16).
#include "Convolution.h"
#include "Kernel.h"

/// padded [height + 2 padding, width + 2 padding, channels] = one sample with its border of zeros.
KERNEL(void, convolution_pad, (const Convolution *c, const float *sample, float *padded),
       (c, sample, padded))

/// panels, each [patch, its filters], of weights [filters, patch].
KERNEL(void, convolution_pack, (const Convolution *c, const float *weights, float *panels),
       (c, weights, panels))

/// The panels of the convolution that takes `c`'s output gradient to its input gradient: kernels
/// turned by 180 degrees, channels and filters exchanged; `channels` is a multiple of 16.
KERNEL(void, convolution_pack_turned, (const Convolution *c, const float *weights, float *panels),
       (c, weights, panels))

/// weights [filters, patch] of panels with the room that `convolution_direct_weights` needs.
KERNEL(void, convolution_unpack, (const Convolution *c, const float *panels, float *weights),
       (c, panels, weights))

/// output [outHeight, outWidth, filters] of one padded sample, without bias. Each output is one
/// chain of fused multiply-adds from 0, in the order of the patch.
KERNEL(void, convolution_direct,
       (const Convolution *c, const float *padded, const float *panels, float *output),
       (c, padded, panels, output))

/// Adds one sample's part of the weight gradient to `panels`. `offsets` tells where in the padded
/// sample each element of a patch lies, from the patch's first; its count is rounded up to 8 with
/// zeros, and each panel has as many rows. Patch elements `from ..< to`, multiples of 8, only.
///
/// A sample's part is the sum of bands of output rows, whose height the shape decides, bands
/// ascending; a band's is one chain of fused multiply-adds, pixels ascending.
KERNEL(void, convolution_direct_weights,
       (const Convolution *c, const float *padded, const float *outputGradient, const long *offsets,
        long from, long to, float *panels),
       (c, padded, outputGradient, offsets, from, to, panels))
