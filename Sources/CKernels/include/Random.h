#pragma once

// What is drawn at random, from words or under a seed.
#include <stdint.h>

#include "Kernel.h"

/// How many runs of numbers are drawn side by side, and how long each is.
enum { RANDOM_RUNS = 8, RANDOM_RUN = 2048 };

/// values [RANDOM_RUNS, RANDOM_RUN]: each deviation * the standard normal number, as
/// `elementary_normal` has it, of the next two words of its run's xoshiro256++ generator, rounded
/// once to float32. `states` [RANDOM_RUNS, 4] are what the generators begin with.
KERNEL(void, random_normal_runs, (const uint64_t *states, float *values, double deviation),
       (states, values, deviation))

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
