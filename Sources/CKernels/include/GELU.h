#pragma once

// GELU (Hendrycks and Gimpel, 2016) of rows z [rows, width] + bias [width].
#include "Kernel.h"

/// y = v * Phi(v), v = z + bias; `isTanh` takes the paper's approximation of Phi by a hyperbolic
/// tangent. y may be z.
KERNEL(void, gelu_rows,
       (const float *z, const float *bias, float *y, long rows, long width, int isTanh),
       (z, bias, y, rows, width, isTanh))

/// d: in, the gradient with respect to y; out, with respect to z. Stores y once more, and to dbias
/// [width] the sums of d's new values, rows ascending. Rows of z, d and y are `stride` apart.
KERNEL(void, gelu_rows_gradient,
       (const float *z, const float *bias, float *d, float *y, float *dbias, long rows, long width,
        long stride, int isTanh),
       (z, bias, d, y, dbias, rows, width, stride, isTanh))
