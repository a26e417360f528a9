// Includes every kernel, once for each width. The headers of the system come before: what they
// declare belongs to no width.
#include "Width.h"

#ifdef WIDTH_TARGET
#pragma clang attribute push(WIDTH_TARGET, apply_to = function)
#endif

#include "Convolution/ConvolutionColumns.c"
#include "Convolution/ConvolutionDirect.c"
#include "Convolution/WinogradProducts.c"
#include "Convolution/WinogradTiles.c"
#include "Convolution/WinogradWeights.c"
#include "Norm/NormChannels.c"
#include "Norm/NormResidual.c"
#include "Norm/NormRows.c"
#include "Pool/PoolPlaces.c"
#include "Pool/PoolSliding.c"
#include "Pool/PoolWindows.c"
#include "Product/Product.c"
#include "Projector/ProjectorProducts.c"
#include "Projector/ProjectorUpdates.c"
#include "Projector/ProjectorVectors.c"
#include "Rows/Attention.c"
#include "Rows/GELU.c"
#include "Rows/Patches.c"
#include "Rows/Rows.c"
#include "Rows/Softmax.c"
#include "Values/Optimizer.c"
#include "Values/Random.c"
#include "Values/Values.c"

#ifdef WIDTH_TARGET
#pragma clang attribute pop
#endif
