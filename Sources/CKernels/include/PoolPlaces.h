#pragma once

// The mean over all places of x [samples, places, channels].
#include "Kernel.h"

/// y [samples, channels] = the mean over `places`, summed in float32 over sixty-four places at a
/// time, in float64 over these, places ascending.
KERNEL(void, pool_places_mean, (const float *x, float *y, long samples, long places, long channels),
       (x, y, samples, places, channels))

/// dx = dy / places at every place.
KERNEL(void, pool_places_mean_gradient,
       (const float *dy, float *dx, long samples, long places, long channels),
       (dy, dx, samples, places, channels))
