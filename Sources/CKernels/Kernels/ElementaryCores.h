// The cores of the elementary functions, for one double or several at a time: no branches, and
// nothing fused, so that every IEEE machine has the same bits. Reductions and polynomials are those
// of Sun's fdlibm (1993).
//
// Defined before: NUMBER, a double or a vector of them; BITS, as many unsigned numbers of 64 bits;
// CORE(name), how functions are called.

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define CORE_FUNCTION static inline __attribute__((always_inline))

CORE_FUNCTION NUMBER CORE(from_bits)(BITS bits) {
  NUMBER value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

CORE_FUNCTION BITS CORE(to_bits)(NUMBER value) {
  BITS bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// A whole number below 2^51 in size, in two's complement, as a double: few processors convert
/// several at a time.
CORE_FUNCTION NUMBER CORE(from_whole)(BITS value) {
  return CORE(from_bits)(value + 0x4338000000000000u) - 0x1.8p52;
}

/// The upper 53 bits as a number in [0, 1): 26 and 27 of them, each exact.
CORE_FUNCTION NUMBER CORE(unit_fraction)(BITS bits) {
  const NUMBER upper = CORE(from_bits)((bits >> 38) | 0x4330000000000000u) - 0x1p52;
  const NUMBER lower = CORE(from_bits)((bits >> 11 & 0x7ffffff) | 0x4330000000000000u) - 0x1p52;
  return upper * 0x1p-26 + lower * 0x1p-53;
}

/// log(x) of a positive, finite, normal x = 2^k (1 + f), 1 + f in sqrt(1/2) ..< sqrt(2).
CORE_FUNCTION NUMBER CORE(logarithm)(NUMBER x) {
  const BITS shifted = CORE(to_bits)(x) + 0x00095f6200000000u;
  const NUMBER k = CORE(from_whole)((shifted >> 52) - 1023);
  const NUMBER f = CORE(from_bits)((shifted & 0xfffffffffffffu) + 0x3fe6a09e00000000u) - 1.0;
  const NUMBER half = 0.5 * f * f, s = f / (2.0 + f), z = s * s, w = z * z;
  const NUMBER even = w * (3.999999999940941908e-01 +
                           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const NUMBER odd = z * (6.666666666666735130e-01 +
                          w * (2.857142874366239149e-01 +
                               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double upper = 6.93147180369123816490e-01, lower = 1.90821492927058770002e-10;
  return k * upper - ((half - (s * (half + (even + odd)) + k * lower)) - f);
}

/// sin(a), |a| <= pi / 4.
CORE_FUNCTION NUMBER CORE(sine)(NUMBER a) {
  const NUMBER z = a * a;
  const NUMBER p = 8.33333333332248946124e-03 +
                   z * (-1.98412698298579493134e-04 +
                        z * (2.75573137070700676789e-06 +
                             z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  return a + z * a * (-1.66666666666666324348e-01 + z * p);
}

/// cos(a), |a| <= pi / 4.
CORE_FUNCTION NUMBER CORE(cosine)(NUMBER a) {
  const NUMBER z = a * a;
  const NUMBER p =
      z * (4.16666666666666019037e-02 +
           z * (-1.38888888888741095749e-03 +
                z * (2.48015872894767294178e-05 +
                     z * (-2.75573143513906633035e-07 +
                          z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  return 1.0 - (0.5 * z - z * p);
}

/// cos(2 pi t), |t| <= 2^50: from the nearest quarter turn, which is exact.
CORE_FUNCTION NUMBER CORE(cosine_of_turns)(NUMBER t) {
  const NUMBER shifted = t * 4.0 + 0x1.8p52;
  const BITS quarter = CORE(to_bits)(shifted);
  const NUMBER a = (t - (shifted - 0x1.8p52) * 0.25) * 6.28318530717958647693;
  // All ones where the sine is meant, and the sign's bit where it is turned.
  const BITS isSine = -(quarter & 1), sign = ((quarter + 1) & 2) << 62;
  const BITS bits =
      (CORE(to_bits)(CORE(sine)(a)) & isSine) | (CORE(to_bits)(CORE(cosine)(a)) & ~isSine);
  return CORE(from_bits)(bits ^ sign);
}

/// A standard normal number of two words.
CORE_FUNCTION NUMBER CORE(normal)(BITS first, BITS second) {
  const NUMBER u = CORE(logarithm)(1.0 - CORE(unit_fraction)(first));
  return __builtin_elementwise_sqrt(-2.0 * u) * CORE(cosine_of_turns)(CORE(unit_fraction)(second));
}

#undef CORE_FUNCTION
