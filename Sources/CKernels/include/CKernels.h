#pragma once

// Loops over numbers that Swift's baseline instruction set would slow by factors. Each is compiled for
// several processors and the best is chosen when the program starts.
#include "LayerKernels.h"
#include "LinearKernels.h"
#include "OptimizerKernels.h"
#include "Processors.h"
#include "ProjectorKernels.h"
#include "ResidualKernels.h"
#include "TransformerKernels.h"
#include "WinogradKernels.h"
