#pragma once

// Kernels of the optimizers: p values, g gradients. No two arrays may overlap.

/// d = g + decay * p;  v = momentum * v + d;  p -= rate * (d + momentum * v).
void sgd_step_nesterov(float *p, const float *g, float *v, long count, float rate, float momentum,
                       float decay);

/// What one step of Adam is made of, the bias corrections included.
typedef struct {
  /// The learning rate divided by `1 - beta1^t`.
  float rate;
  float beta2;
  /// `1 - beta1` and `1 - beta2`, rounded once.
  float rest1, rest2;
  /// `sqrt(1 - beta2^t)`.
  float correction;
  float epsilon;
  /// Added to the gradient, times p (Adam).
  float decay;
  /// p is multiplied by this first (AdamW); 1 otherwise.
  float shrink;
} AdamStep;

/// p *= shrink;  g += decay * p;  m += rest1 * (g - m);  v = beta2 * v + rest2 * g * g;
/// p -= rate * m / (sqrt(v) / correction + epsilon).
void adam_step(float *p, const float *g, float *m, float *v, long count, const AdamStep *step);

/// The sum of squares in float64.
double sum_of_squares(const float *x, long count);

/// x *= factor.
void scale_values(float *x, long count, float factor);
