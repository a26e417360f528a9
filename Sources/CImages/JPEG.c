// In this order: jpeglib.h takes size_t and FILE as known, and jerror.h goes by its version.
// clang-format off
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "CImages.h"
#include "Report.h"

enum { MOST_SCANS = 200 };

/// libjpeg's state with what its callbacks need; they are handed `jpeg`, the first member.
struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  struct image_report *report;
  enum image_outcome outcome;
  jmp_buf exit;
};

static void say(j_common_ptr jpeg, struct image_report *report) {
  char words[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, words);
  report_words(report, words);
}

static void leave(j_common_ptr jpeg) {
  struct decoder *decoder = (struct decoder *)jpeg;
  switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: decoder->outcome = IMAGE_NO_MEMORY; break;
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY: decoder->outcome = IMAGE_CUT_OFF; break;
    default: decoder->outcome = IMAGE_BROKEN; say(jpeg, decoder->report);
  }
  longjmp(decoder->exit, 1);
}

/// A warning is what libjpeg makes up pixels after. Only those are let pass that cost no pixel: odd
/// version numbers, bytes between markers, and scans in an order that progressive pictures should
/// not have.
static void warn(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  struct decoder *decoder = (struct decoder *)jpeg;
  switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION: return;
    case JWRN_JPEG_EOF: decoder->outcome = IMAGE_CUT_OFF; break;
    default: decoder->outcome = IMAGE_BROKEN; say(jpeg, decoder->report);
  }
  longjmp(decoder->exit, 1);
}

static void keep_quiet(j_common_ptr jpeg) { (void)jpeg; }

static void count_scans(j_common_ptr jpeg) {
  struct decoder *decoder = (struct decoder *)jpeg;
  if (decoder->jpeg.input_scan_number <= MOST_SCANS) return;
  decoder->outcome = IMAGE_MANY_SCANS;
  longjmp(decoder->exit, 1);
}

/// Everything up to the picture's first row. Only ever called below a setjmp.
static void begin(struct decoder *decoder, const struct image_source *source) {
  struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
  jpeg_create_decompress(jpeg);
  decoder->progress.progress_monitor = count_scans;
  jpeg->progress = &decoder->progress;
  jpeg_mem_src(jpeg, source->bytes, source->count);
  jpeg_read_header(jpeg, TRUE);
  jpeg->scale_num = 1;
  jpeg->scale_denom = (unsigned)source->divisor;
  jpeg->out_color_space = jpeg->num_components == 4 ? JCS_CMYK : JCS_RGB;
  // A progressive picture's coefficients are two bytes each, three or four a pixel.
  jpeg->mem->max_memory_to_use = (long)jpeg->image_width * jpeg->image_height * 8 + DECODER_MEMORY;
}

static void prepare(struct decoder *decoder, struct image_report *report) {
  decoder->report = report;
  decoder->outcome = IMAGE_READ;
  decoder->jpeg.err = jpeg_std_error(&decoder->errors);
  decoder->errors.error_exit = leave;
  decoder->errors.emit_message = warn;
  decoder->errors.output_message = keep_quiet;
}

enum image_outcome image_jpeg_size(const struct image_source *source, struct image_report *report) {
  // Zeros, so that destroying is allowed whatever was reached.
  struct decoder *decoder = calloc(1, sizeof *decoder);
  if (decoder == NULL) return IMAGE_NO_MEMORY;
  prepare(decoder, report);
  if (setjmp(decoder->exit) == 0) {
    begin(decoder, source);
    jpeg_calc_output_dimensions(&decoder->jpeg);
    report->width = (int32_t)decoder->jpeg.output_width;
    report->height = (int32_t)decoder->jpeg.output_height;
    // A block of 64 pixels takes a bit at least, unless it is coded arithmetically.
    double blocks = 8.0 * (double)source->count * 64;
    report->most_pixels = decoder->jpeg.arith_code ? INFINITY : blocks;
  }
  const enum image_outcome outcome = decoder->outcome;
  jpeg_destroy_decompress(&decoder->jpeg);
  free(decoder);
  return outcome;
}

/// Turns a row of inverted cyan, magenta, yellow and black, as Adobe writes them and Pillow takes
/// all, into red, green and blue, with Pillow's rounding.
static void convert_inks(const uint8_t *inks, uint8_t *pixels, size_t count) {
  for (size_t pixel = 0; pixel < count; pixel++) {
    const unsigned light = inks[4 * pixel + 3];
    for (int channel = 0; channel < 3; channel++) {
      const unsigned ink = 255u - inks[4 * pixel + channel];
      pixels[3 * pixel + channel] = (uint8_t)(light - divided_by_255(ink * light));
    }
  }
}

enum image_outcome image_jpeg_pixels(const struct image_source *source, uint8_t *pixels,
                                     struct image_report *report) {
  struct decoder *decoder = calloc(1, sizeof *decoder);
  if (decoder == NULL) return IMAGE_NO_MEMORY;
  prepare(decoder, report);
  if (setjmp(decoder->exit) == 0) {
    begin(decoder, source);
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    jpeg_start_decompress(jpeg);
    const size_t width = jpeg->output_width;
    JSAMPARRAY inks = NULL;
    if (jpeg->out_color_space == JCS_CMYK) {
      inks = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, 4 * (JDIMENSION)width, 1);
    }
    while (jpeg->output_scanline < jpeg->output_height) {
      JSAMPROW row = pixels + (size_t)jpeg->output_scanline * width * 3;
      jpeg_read_scanlines(jpeg, inks ? inks : &row, 1);
      if (inks) convert_inks(inks[0], row, width);
    }
    jpeg_finish_decompress(jpeg);
  }
  const enum image_outcome outcome = decoder->outcome;
  jpeg_destroy_decompress(&decoder->jpeg);
  free(decoder);
  return outcome;
}
