#include "Lanes.h"

// Four at a time; one by one behind the last four, with the same bits. All of it is inlined, so that it
// does not matter how a processor would hand vectors to a function.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint64_t FourWords __attribute__((ext_vector_type(4), aligned(8)));
typedef uint64_t EightWords __attribute__((ext_vector_type(8), aligned(8)));
typedef float FourFloats __attribute__((ext_vector_type(4), aligned(4)));

#define NUMBER DoubleLanes
#define BITS FourWords
#define CORE(name) four_##name
#include "Elementary.h"
#undef NUMBER
#undef BITS
#undef CORE

#define NUMBER double
#define BITS uint64_t
#define CORE(name) one_##name
#include "Elementary.h"
#undef NUMBER
#undef BITS
#undef CORE

void WIDE(normal_values)(const uint64_t *restrict words, float *restrict values, long count,
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
