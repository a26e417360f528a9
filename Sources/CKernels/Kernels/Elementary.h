#pragma once

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// The cores of the elementary functions: no branches, so that loops over them become vector code, and
// nothing fused. Reductions and polynomials are those of Sun's fdlibm (1993).

#define CORE static inline __attribute__((always_inline)) double

CORE from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline __attribute__((always_inline)) uint64_t to_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// A whole number below 2^51 in size as a double: what few processors do to several at a time.
CORE from_whole(int64_t value) { return from_bits((uint64_t)value + 0x4338000000000000u) - 0x1.8p52; }

/// The upper 53 bits as a number in [0, 1): 26 and 27 of them, each exact.
CORE unit_fraction(uint64_t bits) {
  const double upper = from_bits((bits >> 38) | 0x4330000000000000u) - 0x1p52;
  const double lower = from_bits((bits >> 11 & 0x7ffffff) | 0x4330000000000000u) - 0x1p52;
  return upper * 0x1p-26 + lower * 0x1p-53;
}

/// log(x) of a positive, finite, normal x = 2^k (1 + f), 1 + f in sqrt(1/2) ..< sqrt(2).
CORE log_core(double x) {
  const uint64_t shifted = to_bits(x) + 0x00095f6200000000u;
  const double k = from_whole((int64_t)(shifted >> 52) - 1023);
  const double f = from_bits((shifted & 0xfffffffffffffu) + 0x3fe6a09e00000000u) - 1;
  const double half = 0.5 * f * f, s = f / (2 + f), z = s * s, w = z * z;
  const double even =
      w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 +
                w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double upper = 6.93147180369123816490e-01, lower = 1.90821492927058770002e-10;
  return k * upper - ((half - (s * (half + (even + odd)) + k * lower)) - f);
}

/// sin(a), |a| <= pi / 4.
CORE sine_core(double a) {
  const double z = a * a;
  const double p =
      8.33333333332248946124e-03 +
      z * (-1.98412698298579493134e-04 +
           z * (2.75573137070700676789e-06 +
                z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  return a + z * a * (-1.66666666666666324348e-01 + z * p);
}

/// cos(a), |a| <= pi / 4.
CORE cosine_core(double a) {
  const double z = a * a;
  const double p =
      z * (4.16666666666666019037e-02 +
           z * (-1.38888888888741095749e-03 +
                z * (2.48015872894767294178e-05 +
                     z * (-2.75573143513906633035e-07 +
                          z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  return 1 - (0.5 * z - z * p);
}

/// cos(2 pi t), |t| <= 2^50: from the nearest quarter turn, which is exact.
CORE cosine_core_of_turns(double t) {
  const double shifted = t * 4 + 0x1.8p52;
  const uint64_t quarter = to_bits(shifted);
  const double a = (t - (shifted - 0x1.8p52) * 0.25) * 6.28318530717958647693;
  const double sine = sine_core(a), cosine = cosine_core(a);
  const double value = quarter & 1 ? sine : cosine;
  return (quarter + 1) & 2 ? -value : value;
}

/// A standard normal number of two words.
CORE normal_core(uint64_t first, uint64_t second) {
  const double radius = __builtin_sqrt(-2 * log_core(1 - unit_fraction(first)));
  return radius * cosine_core_of_turns(unit_fraction(second));
}
