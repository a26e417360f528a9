// Includes every kernel, once for each width. The headers of the system come before: what they declare
// belongs to no width.
#include "Width.h"

#ifdef WIDTH_TARGET
#pragma clang attribute push(WIDTH_TARGET, apply_to = function)
#endif

#include "AttentionKernels.c"
#include "ConvolutionKernels.c"
#include "DirectConvolutionKernels.c"
#include "ElementaryKernels.c"
#include "GELUKernels.c"
#include "LayerKernels.c"
#include "LinearKernels.c"
#include "NormKernels.c"
#include "NormRowKernels.c"
#include "OptimizerKernels.c"
#include "PoolKernels.c"
#include "ProductKernels.c"
#include "ProjectorKernels.c"
#include "ResidualKernels.c"
#include "SlidingPoolKernels.c"
#include "TokenKernels.c"
#include "WinogradProducts.c"
#include "WinogradTiles.c"
#include "WinogradWeights.c"

#ifdef WIDTH_TARGET
#pragma clang attribute pop
#endif
