#include "../Sums.h"

double WIDE(projector_shift)(double *restrict y, const double *restrict x, double scale,
                             double shift, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = fused_number(shift, x[i], scale * y[i]);
  return dot_product(x, y, count);
}

double WIDE(projector_overlap)(const double *u, const double *c, ptrdiff_t rank, ptrdiff_t size,
                               const double *q, double *length) {
  double total = 0;
  for (ptrdiff_t k = 0; k < rank; k++) {
    const double sum = dot_product(u + k * size, q, size);
    total = fused_number(c[k] * sum, sum, total);
  }
  *length = dot_product(q, q, size);
  return total;
}

void WIDE(projector_widen)(const float *narrow, double *wide, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) wide[i] = narrow[i];
}

void WIDE(projector_round)(const double *product, const double *x, double scale, double shift,
                           float *narrow, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    narrow[i] = (float)fused_number(shift, x[i], scale * product[i]);
  }
}
