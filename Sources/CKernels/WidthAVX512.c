// All kernels for processors with AVX-512: thirty-two registers of sixteen floats, all of which may
// be used whole (the compiler's own tuning would halve them).
#if defined(__x86_64__)
#define WIDTH avx512
#define WIDTH_FUSES 1
#define WIDTH_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define TILE_ROWS 12
#define TILE_LANES 2
#define TILE_PIXELS 8
#define TILE_FILTERS 8
#include "Kernels/All.h"
#endif
