// All kernels for processors with AVX2: sixteen registers of eight floats.
#if defined(__x86_64__)
#define WIDTH avx2
#define WIDTH_FUSES 1
#define WIDTH_TARGET __attribute__((target("arch=x86-64-v3")))
#define TILE_ROWS 6
#define TILE_LANES 1
#define TILE_PIXELS 4
#define TILE_FILTERS 4
#include "Kernels/All.h"
#endif
