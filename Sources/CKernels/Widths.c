#include "Widths.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[WIDTH_COUNT] = {"plain", "avx2", "avx512"};
static Width chosen = WIDTH_PLAIN;
static const char *refused;

Width width_in_use(void) { return chosen; }

const char *width_name(Width width) { return names[width]; }

const char *width_refused(void) { return refused; }

int width_is_there(Width width) {
  if (width == WIDTH_PLAIN) return 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (width == WIDTH_AVX2) return __builtin_cpu_supports("x86-64-v3") != 0;
  if (width == WIDTH_AVX512) return __builtin_cpu_supports("x86-64-v4") != 0;
#endif
  return 0;
}

// Before anything can call a kernel, and never again: a width that changed would change bits.
__attribute__((constructor)) static void choose_width(void) {
  for (int width = WIDTH_PLAIN; width < WIDTH_COUNT; ++width) {
    if (width_is_there((Width)width)) chosen = (Width)width;
  }
  const char *asked = getenv("ANTIPHON_LANES");
  if (!asked || !*asked) return;
  for (int width = WIDTH_PLAIN; width < WIDTH_COUNT; ++width) {
    if (strcmp(asked, names[width]) == 0 && width_is_there((Width)width)) {
      chosen = (Width)width;
      return;
    }
  }
  refused = asked;
}
