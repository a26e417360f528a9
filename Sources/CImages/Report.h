#pragma once

// What the decoders share.
#include <math.h>

#include "CImages.h"

/// What a decoder may take besides what grows with the picture, in bytes.
#define DECODER_MEMORY (64L << 20)

/// Keeps a library's words.
void report_words(struct image_report *report, const char *words);

/// Writes the colours of `count` pixels with alpha as they look in front of `background`.
void image_flatten(const uint8_t *pixels, uint8_t background, uint8_t *flat, size_t count);

/// x / 255, rounded, of a number below 65,536.
static inline unsigned divided_by_255(unsigned x) { return ((x + 128) + ((x + 128) >> 8)) >> 8; }
