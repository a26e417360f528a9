#include "Elementary.h"
#include "Lanes.h"

void WIDE(normal_values)(const uint64_t *restrict words, float *restrict values, long count,
                         double deviation) {
  for (long i = 0; i < count; ++i) {
    values[i] = (float)(deviation * normal_core(words[2 * i], words[2 * i + 1]));
  }
}
