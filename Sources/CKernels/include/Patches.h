#pragma once

// Patches of an image [height, width, channels].
#include "Kernel.h"

/// A grid of patches; what a patch covers beyond the image is zero.
typedef struct {
  long height, width, channels;
  long patchHeight, patchWidth;
} PatchGrid;

/// rows [patches, patchHeight * patchWidth * channels], patches row by row.
KERNEL(void, patch_gather, (const PatchGrid *grid, const float *image, float *rows),
       (grid, image, rows))

/// The transpose of `patch_gather`: fills the image.
KERNEL(void, patch_scatter, (const PatchGrid *grid, const float *rows, float *image),
       (grid, rows, image))
