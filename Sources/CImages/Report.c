#include "Report.h"

#include <string.h>

void report_words(struct image_report *report, const char *words) {
  size_t count = strnlen(words, sizeof report->words - 1);
  for (size_t index = 0; index < count; index++) {
    // Whatever a chunk's name holds, it reaches nobody's terminal.
    const char letter = words[index];
    report->words[index] = letter >= ' ' && letter <= '~' ? letter : '?';
  }
  report->words[count] = 0;
}

void image_flatten(const uint8_t *pixels, uint8_t background, uint8_t *flat, size_t count) {
  // Pillow's alpha_composite onto an opaque picture: with seven bits beyond the product it says
  // ((t >> 8) + t) >> 8 >> 7 of t = 128 * (product + 128), which is not quite division by 255.
  for (size_t pixel = 0; pixel < count; pixel++) {
    const unsigned alpha = pixels[4 * pixel + 3];
    for (int channel = 0; channel < 3; channel++) {
      const unsigned product = pixels[4 * pixel + channel] * alpha + background * (255 - alpha);
      const unsigned scaled = (product + 128) << 7;
      flat[3 * pixel + channel] = (uint8_t)((((scaled >> 8) + scaled) >> 8) >> 7);
    }
  }
}
