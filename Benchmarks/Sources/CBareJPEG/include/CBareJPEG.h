#pragma once

// libjpeg and nothing else: what decoding costs at least.
#include <stddef.h>
#include <stdint.h>

/// Decodes a picture into `pixels`, red, green and blue, in the shortest way that there is. Ends
/// the process where it is broken.
void bare_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels);

/// Writes a picture of red, green and blue to new memory, which is `free`d by the caller; gives its
/// length.
size_t bare_jpeg_encode(const uint8_t *pixels, int32_t width, int32_t height, int32_t quality,
                        uint8_t **bytes);
