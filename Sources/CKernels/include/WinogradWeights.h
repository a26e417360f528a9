#pragma once

// From weights [filters, 3, 3, channels] to transformed weights and back; see Winograd.h.
#include "Convolution.h"
#include "Kernel.h"
#include "Winograd.h"

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
