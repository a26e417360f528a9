#pragma once

// Elementary functions in float64, with bits of their own: those of the C library change with its
// version and with the processor. Nothing is fused, so that every IEEE machine agrees, those
// without fused multiply-adds too. Errors are about one unit in the last place, unless it says
// otherwise.
#include <stdint.h>

/// e to the power of x.
double elementary_exponential(double x);

/// The natural logarithm; -infinity at 0, NaN below.
double elementary_logarithm(double x);

/// base^exponent for base >= 0; NaN below. Exponents that are whole numbers up to 64 are products;
/// others err by up to |exponent * log(base)| units in the last place.
double elementary_power(double base, double exponent);

/// sin(2 pi turns), exact in the reduction: a full turn is 1.
double elementary_sine_of_turns(double turns);

/// cos(2 pi turns).
double elementary_cosine_of_turns(double turns);

/// The standard normal number that two words stand for (Box and Muller, 1958):
/// sqrt(-2 log(1 - u)) * cos(2 pi v), u and v their upper 53 bits.
double elementary_normal(uint64_t first, uint64_t second);
