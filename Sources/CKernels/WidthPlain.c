// All kernels for any processor: no fused multiply-adds, sixteen registers of four floats.
#define WIDTH plain
#define WIDTH_FUSES 0
#define TILE_ROWS 3
#define TILE_LANES 1
#define TILE_PIXELS 3
#define TILE_FILTERS 2
#include "Kernels/All.h"
