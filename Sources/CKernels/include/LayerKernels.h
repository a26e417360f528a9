#pragma once

// Kernels of the layers: float32, row-major, channels-last. No pointer may be null, and no two
// arrays may overlap unless it says so; every count may be zero.
#include <stdint.h>

// -- Elementwise

/// y = max(x, 0); NaN stays NaN, so that it is seen at the loss. `y` may be `x`.
void layer_rectify(const float *x, float *y, long count);

/// dx = y > 0 ? dy : 0, where y is what `layer_rectify` gave.
void layer_rectify_gradient(const float *y, const float *dy, float *dx, long count);

/// y [rows, columns] += bias [columns] in every row.
void layer_add_bias(float *y, const float *bias, long rows, long columns);

/// sums [columns] = column sums of x [rows, columns], rows ascending and `stride` apart.
void layer_column_sums(const float *x, float *sums, long rows, long columns, long stride);

/// sums [columns] = column sums of x [rows, columns] in float64, rows ascending.
void layer_column_sums_double(const float *x, double *sums, long rows, long columns);

// -- Gradient descent: p values, g gradients, v velocities

/// d = g + decay * p;  v = momentum * v + d;  p -= rate * v.
void sgd_step(float *p, const float *g, float *v, long count, float rate, float momentum,
              float decay);

/// v = momentum * v + (g + decay * p).
void sgd_accumulate(const float *p, const float *g, float *v, long count, float momentum,
                    float decay);

/// p -= rate * u.
void sgd_apply(float *p, const float *u, long count, float rate);

// -- Softmax cross-entropy

/// One row: gradient [count] = (softmax(z) - onehot(label)) * scale unless `gradient` is null;
/// *top = the lowest index of the largest logit. Returns log(sum exp(z)) - z[label], or NaN if any
/// logit is not finite.
double softmax_cross_entropy_row(const float *z, float *gradient, long count, long label,
                                 float scale, long *top);

// -- Convolution

/// A convolution of `[height, width, channels]` to `[outHeight, outWidth, filters]`.
typedef struct {
  long height, width, channels;
  long outHeight, outWidth, filters;
  long kernel, stride, padding;
} Convolution;

/// Whether this processor has 512-bit registers, for which the direct kernels are laid out.
int convolution_direct_pays(void);

/// columns [rows, kernel * kernel * channels] = the patches under output pixels
/// `first ..< first + rows`, counted through the whole batch.
void convolution_gather(const Convolution *c, const float *input, long first, long rows,
                        float *columns);

/// The transpose of `convolution_gather`: adds patches to the input gradient where they came from.
void convolution_scatter(const Convolution *c, const float *columns, long first, long rows,
                         float *inputGradient);

/// padded [height + 2 padding, width + 2 padding, channels] = one sample with its border of zeros.
void convolution_pad(const Convolution *c, const float *sample, float *padded);

/// panels: weights [filters, patch] in panels of 32 filters (the last may have 16), each
/// [patch, 32]; `filters` is a multiple of 16.
void convolution_pack(const Convolution *c, const float *weights, float *panels);

/// The panels of the convolution that takes `c`'s output gradient to its input gradient: kernels
/// turned by 180 degrees, channels and filters exchanged; `channels` is a multiple of 16.
void convolution_pack_turned(const Convolution *c, const float *weights, float *panels);

/// panels back to [filters, patch].
void convolution_unpack(const Convolution *c, const float *panels, float *weights);

/// output [outHeight, outWidth, filters] of one padded sample, without bias.
void convolution_direct(const Convolution *c, const float *padded, const float *panels,
                        float *output);

/// Adds one sample's part of the weight gradient to `panels`. `offsets` tells where in the padded
/// sample each element of a patch lies, from the patch's first; its count is rounded up to 8 with
/// zeros, and each panel has room for one block of 8 patch elements more than `convolution_pack`
/// fills. Patch elements `from ..< to`, multiples of 8, only.
void convolution_direct_weights(const Convolution *c, const float *padded,
                                const float *outputGradient, const long *offsets, long from,
                                long to, float *panels);

// -- Batch normalisation over x [rows, channels]

/// mean [channels] and sum of squared differences from it, in float64.
void norm_moments(const float *x, long rows, long channels, double *mean, double *squares);

/// Makes the moments of `rows` rows those of `otherRows` more; one of the counts is positive.
void norm_moments_unite(double *mean, double *squares, long rows, const double *otherMean,
                        const double *otherSquares, long otherRows, long channels);

/// sums += others.
void sums_unite(double *sums, const double *others, long count);

/// y = (x - mean) * scale + shift, then max(y, 0) if `rectified`.
void norm_apply(const float *x, float *y, long rows, long channels, const float *mean,
                const float *scale, const float *shift, int rectified);

/// With m = dy, or dy where y > 0 if `rectified`: sums [channels] = sum of m, and
/// products [channels] = sum of m * (x - mean), in float64.
void norm_gradient_sums(const float *x, const float *dy, long rows, long channels,
                        const float *mean, const float *scale, const float *shift, int rectified,
                        double *sums, double *products);

/// dx = scale * m + slope * (x - mean) + offset, m as above.
void norm_gradient(const float *x, const float *dy, float *dx, long rows, long channels,
                   const float *mean, const float *scale, const float *shift, const float *slope,
                   const float *offset, int rectified);

// -- Pooling of [height, width, channels] over square windows that do not overlap

/// The largest value of each window, and its place in it (row by row, first wins, NaN wins over
/// all).
void pool_max(const float *x, float *y, uint8_t *place, long samples, long height, long width,
              long channels, long size);

/// Sends each gradient to its window's place; zeros elsewhere.
void pool_max_gradient(const float *dy, const uint8_t *place, float *dx, long samples, long height,
                       long width, long channels, long size);

/// The mean of each window.
void pool_mean(const float *x, float *y, long samples, long height, long width, long channels,
               long size);

/// Spreads each gradient over its window; zeros where no window is.
void pool_mean_gradient(const float *dy, float *dx, long samples, long height, long width,
                        long channels, long size);
