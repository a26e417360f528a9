#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CImages.h"
#include "Report.h"

/// What libpng's callbacks need.
struct decoder {
  const uint8_t *bytes;
  size_t count, place;
  struct image_report *report;
  enum image_outcome outcome;
  png_structp png;
  png_infop info;
  /// A row with alpha, or one of an interlaced picture.
  uint8_t *row;
  jmp_buf exit;
};

static void leave(png_structp png, png_const_charp words) {
  struct decoder *decoder = png_get_error_ptr(png);
  if (decoder->outcome == IMAGE_READ) {
    decoder->outcome = IMAGE_BROKEN;
    report_words(decoder->report, words);
  }
  longjmp(decoder->exit, 1);
}

static void keep_quiet(png_structp png, png_const_charp words) {
  (void)png;
  (void)words;
}

static void take(png_structp png, png_bytep to, size_t count) {
  struct decoder *decoder = png_get_io_ptr(png);
  if (count > decoder->count - decoder->place) {
    decoder->outcome = IMAGE_CUT_OFF;
    png_error(png, "");
  }
  memcpy(to, decoder->bytes + decoder->place, count);
  decoder->place += count;
}

/// Everything up to the header's end. Only ever called below a setjmp.
static void begin(struct decoder *decoder) {
  decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, leave, keep_quiet);
  if (decoder->png != NULL) decoder->info = png_create_info_struct(decoder->png);
  if (decoder->info == NULL) {
    decoder->outcome = IMAGE_NO_MEMORY;
    longjmp(decoder->exit, 1);
  }
  png_set_read_fn(decoder->png, decoder, take);
  // Texts, profiles and the like: compressed, they might become anything.
  png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(decoder->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(decoder->png, decoder->info);
}

static enum image_outcome end(struct decoder *decoder) {
  png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
  free(decoder->row);
  const enum image_outcome outcome = decoder->outcome;
  free(decoder);
  return outcome;
}

static struct decoder *prepared(const struct image_source *source, struct image_report *report) {
  struct decoder *decoder = calloc(1, sizeof *decoder);
  if (decoder == NULL) return NULL;
  decoder->bytes = source->bytes;
  decoder->count = source->count;
  decoder->report = report;
  return decoder;
}

enum image_outcome image_png_size(const struct image_source *source, struct image_report *report) {
  struct decoder *decoder = prepared(source, report);
  if (decoder == NULL) return IMAGE_NO_MEMORY;
  if (setjmp(decoder->exit) == 0) {
    begin(decoder);
    report->width = (int32_t)png_get_image_width(decoder->png, decoder->info);
    report->height = (int32_t)png_get_image_height(decoder->png, decoder->info);
    const int bits = png_get_bit_depth(decoder->png, decoder->info) *
                     png_get_channels(decoder->png, decoder->info);
    // Deflate's best is 1032 to 1.
    report->most_pixels = 8.0 * 1032 * (double)source->count / bits;
  }
  return end(decoder);
}

/// Asks for eight bits of red, green, blue and, where pixels may be transparent, alpha.
static int expand(struct decoder *decoder) {
  png_structp png = decoder->png;
  const int has_key = png_get_valid(png, decoder->info, PNG_INFO_tRNS) != 0;
  const int has_alpha = png_get_color_type(png, decoder->info) & PNG_COLOR_MASK_ALPHA;
  png_set_expand(png);
  // The high byte, as Pillow takes; scaling would round.
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_read_update_info(png, decoder->info);
  return has_key || has_alpha;
}

/// Reads one pass: all rows of a plain picture, or the pixels of an interlaced one that it has.
static void read_pass(struct decoder *decoder, const struct image_source *source, int pass,
                      int passes, int has_alpha, uint8_t *pixels) {
  const size_t width = png_get_image_width(decoder->png, decoder->info);
  const size_t height = png_get_image_height(decoder->png, decoder->info);
  const int interlaced = passes > 1;
  const size_t left = interlaced ? PNG_PASS_START_COL(pass) : 0;
  const size_t top = interlaced ? PNG_PASS_START_ROW(pass) : 0;
  const size_t across = interlaced ? (size_t)1 << PNG_PASS_COL_SHIFT(pass) : 1;
  const size_t down = interlaced ? (size_t)1 << PNG_PASS_ROW_SHIFT(pass) : 1;
  // A pass without pixels has no rows either.
  if (left >= width) return;
  for (size_t y = top; y < height; y += down) {
    uint8_t *line = pixels + y * width * 3;
    if (!interlaced && !has_alpha) {
      png_read_row(decoder->png, line, NULL);
      continue;
    }
    png_read_row(decoder->png, decoder->row, NULL);
    if (!interlaced) {
      image_flatten(decoder->row, source->background, line, width);
      continue;
    }
    const uint8_t *from = decoder->row;
    for (size_t x = left; x < width; x += across, from += has_alpha ? 4 : 3) {
      if (has_alpha) image_flatten(from, source->background, line + 3 * x, 1);
      else memcpy(line + 3 * x, from, 3);
    }
  }
}

enum image_outcome image_png_pixels(const struct image_source *source, uint8_t *pixels,
                                    struct image_report *report) {
  struct decoder *decoder = prepared(source, report);
  if (decoder == NULL) return IMAGE_NO_MEMORY;
  if (setjmp(decoder->exit) == 0) {
    begin(decoder);
    // Without png_set_interlace_handling, rows come as they are in the file: no pass is kept.
    const int interlace = png_get_interlace_type(decoder->png, decoder->info);
    const int passes = interlace == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
    const int has_alpha = expand(decoder);
    decoder->row = malloc(png_get_rowbytes(decoder->png, decoder->info));
    if (decoder->row == NULL) {
      decoder->outcome = IMAGE_NO_MEMORY;
      longjmp(decoder->exit, 1);
    }
    for (int pass = 0; pass < passes; pass++) {
      read_pass(decoder, source, pass, passes, has_alpha, pixels);
    }
    png_read_end(decoder->png, NULL);
  }
  return end(decoder);
}
