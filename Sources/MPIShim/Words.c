#define _GNU_SOURCE
#include "Words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// "[host][[job,1],rank][…/btl_tcp_frag.c:135:…] …": what the component for TCP prints.
static int is_of_connections(const char *line, size_t length) {
  return line[0] == '[' && memmem(line, length, "][[", 3) && memmem(line, length, "/btl_tcp_", 9);
}

static void say(const char *text, size_t length) {
  while (length > 0) {
    ssize_t count = write(STDERR_FILENO, text, length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text += count;
    length -= (size_t)count;
  }
}

static ssize_t pass_on(void *cookie, const char *text, size_t length) {
  (void)cookie;
  for (size_t start = 0; start < length;) {
    const char *end = memchr(text + start, '\n', length - start);
    size_t count = end ? (size_t)(end - text) + 1 - start : length - start;
    if (!is_of_connections(text + start, count)) say(text + start, count);
    start += count;
  }
  return (ssize_t)length;
}

void mpis_hush_connections(void) {
  if (getenv("OMPI_MCA_btl_base_verbose")) return;
  FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = pass_on});
  if (!stream) return;
  // Whole lines, or they could not be recognised.
  setvbuf(stream, NULL, _IOLBF, BUFSIZ);
  stderr = stream;
}
