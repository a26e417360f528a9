#include "RowLanes.h"

/// to [queryCount, keyCount], rows a stride apart, = rows [queryCount, headWidth] * of [keyCount,
/// headWidth]'.
static void products_with_keys(const Attention *a, const float *rows, long row, const float *of,
                               float *to) {
  const FloatProduct products = {
      .a = rows,
      .b = of,
      .c = to,
      .m = a->queryCount,
      .n = a->keyCount,
      .k = a->headWidth,
      .aRow = row,
      .aStep = 1,
      .bStep = 1,
      .bColumn = a->row,
      .cRow = a->stride,
      .alpha = 1,
  };
  WIDE(product_float)(&products);
}

/// to [queryCount, headWidth] = weights [queryCount, keyCount] * from [keyCount, headWidth].
static void weighted_sum(const Attention *a, const float *weights, const float *from, float *to,
                         long toRow) {
  const FloatProduct sum = {
      .a = weights,
      .b = from,
      .c = to,
      .m = a->queryCount,
      .n = a->headWidth,
      .k = a->keyCount,
      .aRow = a->stride,
      .aStep = 1,
      .bStep = a->row,
      .bColumn = 1,
      .cRow = toRow,
      .alpha = 1,
  };
  WIDE(product_float)(&sum);
}

/// to [keyCount, headWidth] = weights' * from [queryCount, headWidth], or plus it if `adds`.
static void transposed_sum(const Attention *a, const float *weights, const float *from,
                           long fromRow, float *to, int adds) {
  const FloatProduct sum = {
      .a = weights,
      .b = from,
      .c = to,
      .m = a->keyCount,
      .n = a->headWidth,
      .k = a->queryCount,
      .aRow = 1,
      .aStep = a->stride,
      .bStep = fromRow,
      .bColumn = 1,
      .cRow = a->row,
      .alpha = 1,
      .beta = adds ? 1 : 0,
  };
  WIDE(product_float)(&sum);
}

void WIDE(attention_forward)(const Attention *a, float *output) {
  products_with_keys(a, a->queries, a->row, a->keys, a->weights);
  WIDE(softmax_rows)(a->weights, a->queryCount, a->keyCount, a->stride, a->scale);
  weighted_sum(a, a->weights, a->values, output, a->outputRow);
}

void WIDE(attention_backward)(const Attention *a, const float *outputGradient, float *output,
                              const AttentionGradients *g) {
  WIDE(attention_forward)(a, output);
  products_with_keys(a, outputGradient, a->outputRow, a->values, g->scores);
  transposed_sum(a, a->weights, outputGradient, a->outputRow, g->values, g->adds);
  WIDE(softmax_rows_gradient)
  (a->weights, g->scores, a->queryCount, a->keyCount, a->stride, a->scale);
  weighted_sum(a, g->scores, a->keys, g->queries, a->row);
  transposed_sum(a, g->scores, a->queries, a->row, g->keys, g->adds);
}
