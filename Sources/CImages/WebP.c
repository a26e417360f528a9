#include <stdlib.h>
#include <webp/decode.h>

#include "CImages.h"
#include "Report.h"

static enum image_outcome outcome_of(VP8StatusCode status, struct image_report *report) {
  switch (status) {
    case VP8_STATUS_OK: return IMAGE_READ;
    case VP8_STATUS_OUT_OF_MEMORY: return IMAGE_NO_MEMORY;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return IMAGE_CUT_OFF;
    case VP8_STATUS_UNSUPPORTED_FEATURE: report_words(report, "unsupported feature"); break;
    default: report_words(report, "damaged bit stream");
  }
  return IMAGE_BROKEN;
}

static enum image_outcome begin(const struct image_source *source, WebPDecoderConfig *config,
                                struct image_report *report) {
  if (!WebPInitDecoderConfig(config)) {
    report_words(report, "libwebp is another version than its header");
    return IMAGE_BROKEN;
  }
  const VP8StatusCode status = WebPGetFeatures(source->bytes, source->count, &config->input);
  if (status != VP8_STATUS_OK) return outcome_of(status, report);
  return config->input.has_animation ? IMAGE_ANIMATED : IMAGE_READ;
}

enum image_outcome image_webp_size(const struct image_source *source, struct image_report *report) {
  WebPDecoderConfig config;
  const enum image_outcome outcome = begin(source, &config, report);
  if (outcome != IMAGE_READ) return outcome;
  report->width = config.input.width;
  report->height = config.input.height;
  // A picture of one colour takes a few bytes at any size.
  report->most_pixels = INFINITY;
  return IMAGE_READ;
}

enum image_outcome image_webp_pixels(const struct image_source *source, uint8_t *pixels,
                                     struct image_report *report) {
  WebPDecoderConfig config;
  const enum image_outcome outcome = begin(source, &config, report);
  if (outcome != IMAGE_READ) return outcome;
  const size_t width = (size_t)config.input.width, height = (size_t)config.input.height;
  const size_t channels = config.input.has_alpha ? 4 : 3;
  uint8_t *whole = pixels;
  if (config.input.has_alpha && (whole = malloc(width * height * 4)) == NULL) {
    return IMAGE_NO_MEMORY;
  }
  config.output.colorspace = config.input.has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = whole;
  config.output.u.RGBA.stride = (int)(width * channels);
  config.output.u.RGBA.size = width * height * channels;
  const VP8StatusCode status = WebPDecode(source->bytes, source->count, &config);
  WebPFreeDecBuffer(&config.output);
  if (whole != pixels) {
    if (status == VP8_STATUS_OK) image_flatten(whole, source->background, pixels, width * height);
    free(whole);
  }
  return outcome_of(status, report);
}
