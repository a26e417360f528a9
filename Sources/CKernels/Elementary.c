#include "Elementary.h"

#include <float.h>
#include <math.h>

#define NUMBER double
#define BITS uint64_t
#define CORE(name) one_##name
#include "Kernels/ElementaryCores.h"

double elementary_logarithm(double x) {
  if (!(x > 0)) return x == 0 ? -HUGE_VAL : NAN;
  if (x > DBL_MAX) return x;
  // Subnormal numbers are made normal, by a power of two that is then taken away.
  if (x < DBL_MIN) return one_logarithm(x * 0x1p54) - 54 * 6.93147180559945309417e-01;
  return one_logarithm(x);
}

double elementary_exponential(double x) {
  if (x != x) return x;
  if (x > 709.782712893384) return HUGE_VAL;
  if (x < -745.1332191019412) return 0;
  // x = n log 2 + r, |r| <= log(2) / 2.
  const double shifted = x * 1.44269504088896338700 + 0x1.8p52, n = shifted - 0x1.8p52;
  const double upper = x - n * 6.93147180369123816490e-01, lower = n * 1.90821492927058770002e-10;
  const double r = upper - lower, t = r * r;
  const double c =
      r - t * (1.66666666666666019037e-01 +
               t * (-2.77777777770155933842e-03 +
                    t * (6.61375632143793436117e-05 +
                         t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  const double y = 1 - ((lower - r * c / (2 - c)) - upper);
  // In two steps, because 2^n itself may be no normal number.
  const int64_t whole = (int64_t)n, half = whole / 2;
  return y * one_from_bits((uint64_t)(half + 1023) << 52) *
         one_from_bits((uint64_t)(whole - half + 1023) << 52);
}

double elementary_power(double base, double exponent) {
  if (exponent == 0 || base == 1) return 1;
  if (!(base >= 0) || exponent != exponent) return NAN;
  const double size = exponent < 0 ? -exponent : exponent;
  if (size <= 64 && size == (double)(int)size) {
    double product = base;
    for (int i = 1; i < (int)size; ++i) product *= base;
    return exponent < 0 ? 1 / product : product;
  }
  return elementary_exponential(exponent * elementary_logarithm(base));
}

double elementary_cosine_of_turns(double turns) {
  const double size = turns < 0 ? -turns : turns;
  if (size < 0x1p50) return one_cosine_of_turns(size);
  if (!(size <= DBL_MAX)) return NAN;
  return size < 0x1p52 ? one_cosine_of_turns(size - (double)(int64_t)size) : 1;
}

double elementary_sine_of_turns(double turns) {
  // A quarter turn after the cosine; small angles would lose digits in the difference.
  const double size = turns < 0 ? -turns : turns;
  if (size <= 0.125) return one_sine(turns * 6.28318530717958647693);
  if (!(size <= DBL_MAX)) return NAN;
  const double rest = size < 0x1p52 ? size - (double)(int64_t)size : 0;
  const double value = one_cosine_of_turns(rest - 0.25);
  return turns < 0 ? -value : value;
}

double elementary_normal(uint64_t first, uint64_t second) { return one_normal(first, second); }
