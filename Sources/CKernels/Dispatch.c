#include "Widths.h"

// Every kernel as a plain function: it calls the one that was compiled for the width in use.
#define KERNEL(result, name, parameters, arguments) \
  result name##_plain parameters;                   \
  result name##_avx2 parameters;                    \
  result name##_avx512 parameters;                  \
  result name parameters {                          \
    switch (width_in_use()) {                       \
      OTHER_WIDTHS(name, arguments)                 \
      default: return name##_plain arguments;       \
    }                                               \
  }

#if defined(__x86_64__)
#define OTHER_WIDTHS(name, arguments)                \
  case WIDTH_AVX512: return name##_avx512 arguments; \
  case WIDTH_AVX2:                                   \
    return name##_avx2 arguments;
#else
#define OTHER_WIDTHS(name, arguments)
#endif

#include "CKernels.h"
