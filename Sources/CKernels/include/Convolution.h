#pragma once

/// A convolution of `[height, width, channels]` to `[outHeight, outWidth, filters]`.
///
/// Weights are [filters, kernel, kernel, channels]. A patch is what lies under one output pixel:
/// [kernel, kernel, channels], zeros in the padding.
typedef struct {
  long height, width, channels;
  long outHeight, outWidth, filters;
  long kernel, stride, padding;
} Convolution;
