#include "RowLanes.h"

void WIDE(rows_add_bias)(float *restrict y, const float *restrict bias, long rows, long columns) {
  for (long i = 0; i < rows; ++i, y += columns) {
    for (long j = 0; j < columns; ++j) y[j] += bias[j];
  }
}

void WIDE(rows_rectify)(float *restrict y, const float *restrict bias, long rows, long columns) {
  for (long i = 0; i < rows; ++i, y += columns) {
    for (long j = 0; j < columns; ++j) {
      const float sum = y[j] + bias[j];
      y[j] = sum < 0 ? 0 : sum;
    }
  }
}

void WIDE(rows_rectify_gradient)(const float *restrict y, const float *restrict dy,
                                 float *restrict dx, float *restrict sums, long rows, long columns,
                                 long stride) {
  memset(sums, 0, (size_t)columns * sizeof(float));
  for (long i = 0; i < rows; ++i, y += stride, dy += stride, dx += stride) {
    for (long j = 0; j < columns; ++j) {
      dx[j] = y[j] > 0 ? dy[j] : 0;
      sums[j] += dx[j];
    }
  }
}

void WIDE(rows_column_sums)(const float *restrict x, float *restrict sums, long rows, long columns,
                            long stride) {
  memset(sums, 0, (size_t)columns * sizeof(float));
  for (long i = 0; i < rows; ++i, x += stride) {
    for (long j = 0; j < columns; ++j) sums[j] += x[j];
  }
}

void WIDE(rows_column_sums_double)(const float *restrict x, double *restrict sums, long rows,
                                   long columns) {
  memset(sums, 0, (size_t)columns * sizeof(double));
  for (long i = 0; i < rows; ++i, x += columns) {
    for (long j = 0; j < columns; ++j) sums[j] += (double)x[j];
  }
}

void WIDE(rows_add)(const float *x, const float *branch, const float *bias, float *y, long rows,
                    long width) {
  for (long i = 0; i < rows; ++i, x += width, branch += width, y += width) {
    add_row(x, branch, bias, y, width);
  }
}
