#include "Lanes.h"

void WIDE(linear_rectify)(float *restrict y, const float *restrict bias, long rows, long columns) {
  for (long i = 0; i < rows; ++i, y += columns) {
    for (long j = 0; j < columns; ++j) {
      const float sum = y[j] + bias[j];
      y[j] = sum < 0 ? 0 : sum;
    }
  }
}

void WIDE(linear_rectify_gradient)(const float *restrict y, const float *restrict dy,
                                    float *restrict dx, float *restrict sums, long rows,
                                    long columns, long stride) {
  memset(sums, 0, (size_t)columns * sizeof(float));
  for (long i = 0; i < rows; ++i, y += stride, dy += stride, dx += stride) {
    for (long j = 0; j < columns; ++j) {
      dx[j] = y[j] > 0 ? dy[j] : 0;
      sums[j] += dx[j];
    }
  }
}
