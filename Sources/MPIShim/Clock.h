#pragma once

#include <stdint.h>
#include <time.h>

// The time since some moment, in milliseconds. Signal handlers may ask.
static inline int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
