#pragma once

// What is drawn at random, from words or under a seed.
#include <stdint.h>

#include "Kernel.h"

/// values [count]: each deviation * the standard normal number of words [count, 2], as
/// `elementary_normal` has it, rounded once to float32.
KERNEL(void, random_normal, (const uint64_t *words, float *values, long count, double deviation),
       (words, values, count, deviation))

/// x[i] = scale * x[i] + deviation * n, n the standard normal number `first + i` under `seed`, in
/// float32 (Box and Muller, 1958; both of a pair, which are sixteen places apart): so `first` is a
/// multiple of 32.
KERNEL(void, random_disturb,
       (float *x, long first, long count, uint64_t seed, float scale, float deviation),
       (x, first, count, seed, scale, deviation))

/// x[i] = x[i] * scale where number `first + i` drawn under `seed` is at least `threshold` of 2^32,
/// 0 elsewhere. Equal seeds drop equal places.
KERNEL(void, random_drop,
       (float *x, long first, long count, uint64_t seed, uint32_t threshold, float scale),
       (x, first, count, seed, threshold, scale))
