#pragma once

// Steps of the optimizers: p values, g gradients, v velocities, all [count]. Whole steps return
// whether a gradient was infinite or not a number, since they read it anyway.
#include "Kernel.h"

/// d = g + decay * p;  v = momentum * v + d;  p -= rate * v.
KERNEL(int, optimizer_sgd_step,
       (float *p, const float *g, float *v, long count, float rate, float momentum, float decay),
       (p, g, v, count, rate, momentum, decay))

/// v = momentum * v + (g + decay * p).
KERNEL(void, optimizer_sgd_accumulate,
       (const float *p, const float *g, float *v, long count, float momentum, float decay),
       (p, g, v, count, momentum, decay))

/// p -= rate * u.
KERNEL(void, optimizer_sgd_apply, (float *p, const float *u, long count, float rate),
       (p, u, count, rate))

/// d = g + decay * p;  v = momentum * v + d;  p -= rate * (d + momentum * v).
KERNEL(int, optimizer_sgd_step_nesterov,
       (float *p, const float *g, float *v, long count, float rate, float momentum, float decay),
       (p, g, v, count, rate, momentum, decay))

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
KERNEL(int, optimizer_adam_step,
       (float *p, const float *g, float *m, float *v, long count, const AdamStep *step),
       (p, g, m, v, count, step))
