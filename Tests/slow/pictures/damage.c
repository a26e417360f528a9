// Random damage for the decoders of Sources/CImages, built with the sanitizers: damage COUNT
// FILE... Reads each file COUNT / (number of files) times, damaged in a few places, the same ones
// every time.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "CImages.h"

enum { LONGEST = 1 << 16, MOST_PIXELS = 1 << 20 };

static uint64_t state = 1;

static uint64_t next(void) {
  state += 0x9E3779B97F4A7C15u;
  uint64_t mixed = state;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
  return mixed ^ mixed >> 31;
}

static size_t below(size_t limit) { return (size_t)(next() % limit); }

/// Makes one place other than it was, and gives the new length.
static size_t damage(uint8_t *bytes, size_t count) {
  static const uint8_t edges[] = {0, 1, 0x7f, 0x80, 0xc0, 0xc4, 0xd9, 0xda, 0xff};
  const size_t place = below(count);
  const size_t wanted = 1 + below(16);
  const size_t size = wanted < count - place ? wanted : count - place;
  switch (below(7)) {
    case 0: bytes[place] ^= (uint8_t)(1u << below(8)); return count;
    case 1: bytes[place] = (uint8_t)next(); return count;
    case 2: bytes[place] = edges[below(sizeof edges)]; return count;
    case 3: memset(bytes + place, edges[below(sizeof edges)], size); return count;
    case 4: return below(4) ? count : place + 1;
    case 5:
      if (count + size > LONGEST) return count;
      memmove(bytes + place + size, bytes + place, count - place);
      return count + size;
    default:
      memmove(bytes + place, bytes + place + size, count - place - size);
      return count - size;
  }
}

static uint32_t sum_of(const uint8_t *bytes, size_t count) {
  uint32_t sum = ~0u;
  for (size_t index = 0; index < count; index++) {
    sum ^= bytes[index];
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
  }
  return ~sum;
}

/// Makes the sums of PNG's chunks right again, so that the damage behind them is reached.
static void repair(uint8_t *bytes, size_t count) {
  for (size_t place = 8; place + 12 <= count;) {
    const size_t size = (size_t)bytes[place] << 24 | (size_t)bytes[place + 1] << 16 |
                        (size_t)bytes[place + 2] << 8 | bytes[place + 3];
    if (size > count - place - 12) return;
    const uint32_t sum = sum_of(bytes + place + 4, size + 4);
    for (int index = 0; index < 4; index++) {
      bytes[place + 8 + size + index] = (uint8_t)(sum >> (24 - 8 * index));
    }
    place += size + 12;
  }
}

typedef enum image_outcome reading(const struct image_source *, struct image_report *);
typedef enum image_outcome decoding(const struct image_source *, uint8_t *, struct image_report *);

static long counts[2];

/// Decodes what a copy of exactly `count` bytes holds, into exactly as much memory as it needs.
static void read_picture(const uint8_t *bytes, size_t count, reading *size, decoding *pixels) {
  struct image_source source = {NULL, count, (int32_t)(1u << below(4)), 255};
  if (size != image_jpeg_size) source.divisor = 1;
  uint8_t *copy = malloc(count);
  source.bytes = memcpy(copy, bytes, count);
  struct image_report report = {0};
  enum image_outcome outcome = size(&source, &report);
  if (outcome == IMAGE_READ) {
    const double area = (double)report.width * report.height;
    if (report.width < 1 || report.height < 1) abort();
    if (area <= report.most_pixels && area <= MOST_PIXELS) {
      uint8_t *picture = malloc((size_t)area * 3);
      outcome = pixels(&source, picture, &report);
      // Every pixel was written: the sanitizer for memory would say so, a sum keeps it honest.
      volatile unsigned sum = 0;
      for (size_t index = 0; index < (size_t)area * 3; index++) sum += picture[index];
      free(picture);
    } else {
      outcome = IMAGE_BROKEN;
    }
  }
  if (memchr(report.words, 0, sizeof report.words) == NULL) abort();
  counts[outcome == IMAGE_READ]++;
  free(copy);
}

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  const long rounds = strtol(argv[1], NULL, 10) / (argc - 2);
  double slowest = 0;
  static uint8_t original[LONGEST], bytes[LONGEST];
  for (int file = 2; file < argc; file++) {
    FILE *stream = fopen(argv[file], "rb");
    if (stream == NULL) return 66;
    const size_t length = fread(original, 1, sizeof original, stream);
    fclose(stream);
    const int png = original[0] == 0x89, jpeg = original[0] == 0xff;
    for (long round = 0; round < rounds; round++) {
      memcpy(bytes, original, length);
      size_t count = length;
      for (size_t times = 1 + below(4); times > 0; times--) {
        count = damage(bytes, count);
        if (count == 0) bytes[count++] = 0;
      }
      if (png && below(4)) repair(bytes, count);
      const clock_t start = clock();
      if (jpeg) read_picture(bytes, count, image_jpeg_size, image_jpeg_pixels);
      else if (png) read_picture(bytes, count, image_png_size, image_png_pixels);
      else read_picture(bytes, count, image_webp_size, image_webp_pixels);
      const double time = (double)(clock() - start) / CLOCKS_PER_SEC;
      if (time > slowest) slowest = time;
    }
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%ld inputs: %ld shown, %ld refused, the slowest in %.0f ms, %ld MiB of memory\n",
         counts[0] + counts[1], counts[1], counts[0], slowest * 1e3, usage.ru_maxrss >> 10);
  return 0;
}
