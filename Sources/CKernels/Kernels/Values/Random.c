#include "../Lanes.h"

// Four at a time; one by one after the last four, with the same bits. All of it is inlined, so
// that it does not matter how a processor would hand vectors to a function.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint64_t FourWords __attribute__((ext_vector_type(4), aligned(8)));
typedef uint64_t EightWords __attribute__((ext_vector_type(8), aligned(8)));
typedef float FourFloats __attribute__((ext_vector_type(4), aligned(4)));

#define NUMBER DoubleLanes
#define BITS FourWords
#define CORE(name) four_##name
#include "../ElementaryCores.h"
#undef NUMBER
#undef BITS
#undef CORE

#define NUMBER double
#define BITS uint64_t
#define CORE(name) one_##name
#include "../ElementaryCores.h"
#undef NUMBER
#undef BITS
#undef CORE

void WIDE(random_normal)(const uint64_t *restrict words, float *restrict values, long count,
                         double deviation) {
  long i = 0;
  for (; i + 4 <= count; i += 4) {
    const EightWords pairs = *(const EightWords *)(words + 2 * i);
    const DoubleLanes normal = four_normal(pairs.even, pairs.odd);
    *(FourFloats *)(values + i) = __builtin_convertvector(deviation * normal, FourFloats);
  }
  for (; i < count; ++i) {
    values[i] = (float)(deviation * one_normal(words[2 * i], words[2 * i + 1]));
  }
}

#pragma clang diagnostic pop

/// The finaliser of MurmurHash3 (Appleby): every bit of the key moves every bit of the result.
INLINE uint32_t mixed(uint32_t key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ key >> 16;
}

void WIDE(random_drop)(float *restrict x, long first, long count, uint64_t seed, uint32_t threshold,
                       float scale) {
  const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (long i = 0; i < count; ++i) {
    const uint32_t drawn = mixed(mixed((uint32_t)(first + i) ^ low) ^ high);
    x[i] = drawn >= threshold ? x[i] * scale : 0;
  }
}
