#pragma once

// Convolution by columns: patches become the rows of a matrix.
#include "Convolution.h"
#include "Kernel.h"

/// columns [rows, patch] = the patches under output pixels `first ..< first + rows`, counted
/// through the whole batch.
KERNEL(void, convolution_gather,
       (const Convolution *c, const float *input, long first, long rows, float *columns),
       (c, input, first, rows, columns))

/// The transpose of `convolution_gather`: adds patches to the input gradient where they came from,
/// pixels ascending, and within a patch its rows ascending.
KERNEL(void, convolution_scatter,
       (const Convolution *c, const float *columns, long first, long rows, float *inputGradient),
       (c, columns, first, rows, inputGradient))
