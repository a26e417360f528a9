#pragma once

// Pictures from their bytes: libjpeg-turbo, libpng and libwebp behind functions that return. Their
// errors jump (setjmp), which no frame of Swift may see; so from the first call of a library to the
// last, nothing but C is on the stack, and nothing is held when a function returns.
#include <stddef.h>
#include <stdint.h>

/// What became of a picture.
enum image_outcome {
  IMAGE_READ,
  /// What the library says stands in `words`.
  IMAGE_BROKEN,
  /// The bytes end before the picture does.
  IMAGE_CUT_OFF,
  /// More scans than any program writes, each of which costs as much as the whole picture.
  IMAGE_MANY_SCANS,
  /// Several frames.
  IMAGE_ANIMATED,
  /// The memory for it is not there, or more than the picture's size explains.
  IMAGE_NO_MEMORY,
};

/// What a picture declares, and what became of it.
struct image_report {
  /// In pixels; at least 1 each where the outcome is IMAGE_READ.
  int32_t width, height;
  /// The most pixels that so many bytes can hold.
  double most_pixels;
  /// The library's own words, without a line's end.
  char words[200];
};

/// The bytes of a file, and what is asked for. Only the first two are looked at for a size.
struct image_source {
  const uint8_t *bytes;
  size_t count;
  /// Of JPEG: 1, 2, 4 or 8, by which both sides are divided and rounded up.
  int32_t divisor;
  /// What lies behind transparent pixels, the same in all three channels.
  uint8_t background;
};

/// Reads the size alone (of JPEG, divided by the divisor).
enum image_outcome image_jpeg_size(const struct image_source *source, struct image_report *report);
enum image_outcome image_png_size(const struct image_source *source, struct image_report *report);
enum image_outcome image_webp_size(const struct image_source *source, struct image_report *report);

/// Writes height * width * 3 bytes, red, green and blue of each pixel, row by row, of a picture
/// whose size was read before.
enum image_outcome image_jpeg_pixels(const struct image_source *source, uint8_t *pixels,
                                     struct image_report *report);
enum image_outcome image_png_pixels(const struct image_source *source, uint8_t *pixels,
                                    struct image_report *report);
enum image_outcome image_webp_pixels(const struct image_source *source, uint8_t *pixels,
                                     struct image_report *report);
