#pragma once

// The instruction sets that kernels are compiled for. Which one runs is decided once, when the
// program is loaded: the widest that this processor has, or what `ANTIPHON_LANES` names.

/// A width of lanes.
typedef enum {
  /// What every x86-64 processor has, without fused multiply-adds: it shares no bits with the
  /// others.
  WIDTH_PLAIN,
  /// AVX2 and FMA: x86-64-v3.
  WIDTH_AVX2,
  /// AVX-512: x86-64-v4.
  WIDTH_AVX512,
} Width;

enum { WIDTH_COUNT = 3 };

/// The width that kernels run in.
Width width_in_use(void);

/// Whether this processor can run a width.
int width_is_there(Width width);

/// How people call a width, and `ANTIPHON_LANES`: `plain`, `avx2`, `avx512`.
const char *width_name(Width width);

/// What `ANTIPHON_LANES` asks for if that is no width, or none that this processor has; else null.
const char *width_refused(void);
