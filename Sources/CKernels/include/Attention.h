#pragma once

// Scaled dot-product attention (Vaswani et al., 2017, section 3.2) of one head, in products of our
// own: OpenBLAS is slow where matrices are as small as one head's.
#include "Kernel.h"

/// Some queries of one sample and one head with all its keys. Queries, keys and values lie in rows
/// `row` apart, what attention makes of them in rows `outputRow` apart.
typedef struct {
  const float *queries, *keys, *values;
  long queryCount, keyCount, headWidth, row, outputRow;
  /// One by the root of the head's width.
  float scale;
  /// Room for scores [queryCount, stride]; the stride is a multiple of 16.
  float *weights;
  long stride;
} Attention;

/// Where the gradients with respect to an Attention's queries, keys and values go: in rows `row`
/// apart.
typedef struct {
  float *queries, *keys, *values;
  /// Room like that for scores.
  float *scores;
  /// Whether those of keys and values are added to what is there, by queries that came before.
  int adds;
} AttentionGradients;

/// output [queryCount, headWidth] = softmax(scale * Q K') V.
KERNEL(void, attention_forward, (const Attention *attention, float *output), (attention, output))

/// The gradients, given that with respect to the output; `output` is made once more.
KERNEL(void, attention_backward,
       (const Attention *attention, const float *outputGradient, float *output,
        const AttentionGradients *gradients),
       (attention, outputGradient, output, gradients))
