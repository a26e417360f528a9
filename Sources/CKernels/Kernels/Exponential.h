#pragma once

#include "Lanes.h"

/// *value = exp(*value) for values <= 0, to about one unit in the last place; 0 below -87, where
/// floats go subnormal. 2^n by the exponent bits, e^r by the polynomial of Moshier's Cephes
/// library.
INLINE void exponentiate(Lanes *value) {
  const Lanes x = *value;
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits: defined for NaN, too.
  const Lanes magic = 12582912.0f;
  Lanes shifted = fused(x, 1.44269504f, magic);
  Lanes n = shifted - magic;
  Lanes r = fused(n, -0.693359375f, x);
  r = fused(n, 2.12194440e-4f, r);
  Lanes p = 1.9875691500e-4f;
  p = fused(p, r, 1.3981999507e-3f);
  p = fused(p, r, 8.3334519073e-3f);
  p = fused(p, r, 4.1665795894e-2f);
  p = fused(p, r, 1.6666665459e-1f);
  p = fused(p, r, 5.0000001201e-1f);
  p = fused(p, r * r, r) + 1.0f;
  IntLanes bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits - 0x4b400000 + 127) << 23;
  Lanes power;
  memcpy(&power, &bits, sizeof power);
  *value = x < -87.0f ? (Lanes)0.0f : p * power;
}
