#pragma once

/// Tells the processor that this is a loop that waits: it saves power, and leaves the core to the
/// other thread that shares it.
static inline void processor_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The number of processors that this process may run on.
long processor_count(void);
