#pragma once

// Loops over numbers that Swift's baseline instruction set would slow by factors. Each is compiled
// for several widths of lanes (Widths.h), and gives the same bits in all that fuse.
//
// NAME.h declares what NAME.c defines, and all names of a file begin with its family's.
// Convolution.h and Winograd.h hold what the files of these families share. Unless it says
// otherwise: no pointer may be null, no two arrays may overlap, every count may be zero, numbers
// are float32, matrices lie row by row, images channels last.
#include "Attention.h"
#include "Convolution.h"
#include "ConvolutionColumns.h"
#include "ConvolutionDirect.h"
#include "Elementary.h"
#include "GELU.h"
#include "NormChannels.h"
#include "NormResidual.h"
#include "NormRows.h"
#include "Optimizer.h"
#include "Patches.h"
#include "PoolPlaces.h"
#include "PoolSliding.h"
#include "PoolWindows.h"
#include "Processors.h"
#include "Product.h"
#include "ProjectorProducts.h"
#include "ProjectorUpdates.h"
#include "ProjectorVectors.h"
#include "Random.h"
#include "Rows.h"
#include "Softmax.h"
#include "Values.h"
#include "Widths.h"
#include "Winograd.h"
#include "WinogradProducts.h"
#include "WinogradTiles.h"
#include "WinogradWeights.h"
