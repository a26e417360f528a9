#pragma once

// Loops over numbers that Swift's baseline instruction set would slow by factors. Each is compiled for
// several widths of lanes (Widths.h), and gives the same bits in all that fuse.
#include "ElementaryFunctions.h"
#include "LayerKernels.h"
#include "LinearKernels.h"
#include "OptimizerKernels.h"
#include "Processors.h"
#include "ProductKernels.h"
#include "ProjectorKernels.h"
#include "ResidualKernels.h"
#include "TransformerKernels.h"
#include "Widths.h"
#include "WinogradKernels.h"
