#pragma once

// Softmax over rows. Sums run in sixteen lanes, column j in lane j mod 16; the lanes are added in
// one tree where rows have whole registers, one after the other in the cross-entropy.
#include "Kernel.h"

/// p [rows, count], rows `stride` apart, a multiple of 16: p = exp(scale * (p - max)) / sum, scale
/// > 0; zeros from `count` up to `stride`.
KERNEL(void, softmax_rows, (float *p, long rows, long count, long stride, float scale),
       (p, rows, count, stride, scale))

/// d = scale * p * (d - p . d) over rows as above; zeros from `count` up to `stride`.
KERNEL(void, softmax_rows_gradient,
       (const float *p, float *d, long rows, long count, long stride, float scale),
       (p, d, rows, count, stride, scale))

/// One row: gradient [count] = (softmax(z) - onehot(label)) * scale unless `gradient` is null;
/// *top = the lowest index of the largest logit. Returns log(sum exp(z)) - z[label], or NaN if any
/// logit is not finite.
KERNEL(double, softmax_cross_entropy_row,
       (const float *z, float *gradient, long count, long label, float scale, long *top),
       (z, gradient, count, label, scale, top))
