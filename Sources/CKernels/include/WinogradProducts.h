#pragma once

// The matrix products between the transforms; see Winograd.h. Each sum is one chain of fused
// multiply-adds from 0, in the order of the depth or of the rows.
#include "Kernel.h"
#include "Winograd.h"

/// m [places, rows, width] = a [places, rows, depth] * u [places, depth, width]; width 32 or 16.
KERNEL(void, winograd_products,
       (const float *a, long placeStride, long rowStride, long rows, long depth, const float *u,
        long width, float *m),
       (a, placeStride, rowStride, rows, depth, u, width, m))

/// u, panels of 32 columns (the last may have 16), each [places, filters, its width]: the sum over
/// `rows` tiles of w[filter] * v[column], added to what is there if `adds`; places
/// `fromPlace ..< toPlace` only.
KERNEL(void, winograd_outer_products,
       (const float *w, long wPlaceStride, long wRowStride, const float *v, long vPlaceStride,
        long vRowStride, long rows, long filters, long columns, float *u, long fromPlace,
        long toPlace, int adds),
       (w, wPlaceStride, wRowStride, v, vPlaceStride, vRowStride, rows, filters, columns, u,
        fromPlace, toPlace, adds))
