#include "../Lanes.h"
#include "../Transpose.h"

// Eight runs at a time. All of it is inlined, so that it does not matter how a processor would hand
// vectors to a function.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint64_t EightWords __attribute__((ext_vector_type(8), aligned(8)));
typedef uint64_t FourWords __attribute__((ext_vector_type(4), aligned(8)));
typedef float FourFloats __attribute__((ext_vector_type(4), aligned(4)));

#define NUMBER DoubleLanes
#define BITS FourWords
#define CORE(name) four_##name
#include "../ElementaryCores.h"
#undef NUMBER
#undef BITS
#undef CORE

/// The next word of eight generators; see SeededGenerator.
INLINE void next_words(EightWords s[4], EightWords *words) {
  const EightWords sum = s[0] + s[3], t = s[1] << 17;
  *words = ((sum << 23) | (sum >> 41)) + s[0];
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = (s[3] << 45) | (s[3] >> 19);
}

void WIDE(random_normal_runs)(const uint64_t *restrict states, float *restrict values,
                              double deviation) {
  _Static_assert(RANDOM_RUNS == 8 && RANDOM_RUN % 8 == 0, "eight runs of whole vectors");
  EightWords s[4];
  for (int i = 0; i < 4; ++i) {
    for (int run = 0; run < RANDOM_RUNS; ++run) s[i][run] = states[4 * run + i];
  }
  for (long first = 0; first < RANDOM_RUN; first += 8) {
    float drawn[8][RANDOM_RUNS];
    const float *rows[8];
    for (int i = 0; i < 8; ++i) {
      EightWords one, other;
      next_words(s, &one);
      next_words(s, &other);
      *(FourFloats *)drawn[i] =
          __builtin_convertvector(deviation * four_normal(one.lo, other.lo), FourFloats);
      *(FourFloats *)(drawn[i] + 4) =
          __builtin_convertvector(deviation * four_normal(one.hi, other.hi), FourFloats);
      rows[i] = drawn[i];
    }
    transpose_eight(rows, 0, values + first, RANDOM_RUN);
  }
}

// Numbers that a seed and a place decide: of any part of them, in any order.

typedef uint32_t WordLanes __attribute__((ext_vector_type(16), aligned(4)));

/// The finaliser of MurmurHash3 (Appleby): every bit of the key moves every bit of the result.
INLINE uint32_t mixed(uint32_t key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ key >> 16;
}

INLINE WordLanes mixed_lanes(WordLanes key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ key >> 16;
}

/// The same bits as another kind of number.
#define lanes_as(Type, v)                    \
  ({                                         \
    const __typeof__(v) from = (v);          \
    Type to;                                 \
    __builtin_memcpy(&to, &from, sizeof to); \
    to;                                      \
  })

/// sqrt(-2 log(u)), u = (the upper 31 bits + 1/2) / 2^31: at most 6.7. The logarithm of 2^k (1 +
/// f), 1 + f in sqrt(1/2) ..< sqrt(2), by the polynomial of Moshier's Cephes.
INLINE Lanes normal_radius(WordLanes words) {
  const IntLanes upper = lanes_as(IntLanes, words >> 1);
  const Lanes u = (__builtin_convertvector(upper, Lanes) + 0.5f) * 0x1p-31f;
  const IntLanes shifted = lanes_as(IntLanes, u) + 0x004afb0d;
  const Lanes k = __builtin_convertvector((shifted >> 23) - 127, Lanes);
  const Lanes f = lanes_as(Lanes, (shifted & 0x7fffff) + 0x3f3504f3) - 1.0f;
  const Lanes z = f * f;
  Lanes p = fused(f, 7.0376836292e-2f, -1.1514610310e-1f);
  p = fused(f, p, 1.1676998740e-1f);
  p = fused(f, p, -1.2420140846e-1f);
  p = fused(f, p, 1.4249322787e-1f);
  p = fused(f, p, -1.6668057665e-1f);
  p = fused(f, p, 2.0000714765e-1f);
  p = fused(f, p, -2.4999993993e-1f);
  p = fused(f, p, 3.3333331174e-1f);
  const Lanes rest = fused(f * z, p, fused(k, -2.12194440e-4f, -0.5f * z));
  const Lanes logarithm = fused(k, 0.693359375f, f + rest);
  // Rounding must not make it positive.
  return __builtin_elementwise_sqrt(__builtin_elementwise_max(-2.0f * logarithm, (Lanes)0.0f));
}

/// Cosine and sine, in one order or the other, of an angle within an eighth of a turn, which the
/// lower 30 bits say: the upper two, a sign for both and whether they are exchanged, make it one of
/// the whole circle.
INLINE void normal_direction(WordLanes words, Lanes *first, Lanes *second) {
  const IntLanes angle = lanes_as(IntLanes, words << 2);
  const Lanes a = __builtin_convertvector(angle, Lanes) * (0x1p-31f * 7.8539816339744831e-1f);
  const Lanes z = a * a;
  const Lanes odd = fused(z, fused(z, -1.9515295891e-4f, 8.3321608736e-3f), -1.6666654611e-1f);
  const Lanes even =
      fused(z, fused(z, 2.443315711809948e-5f, -1.388731625493765e-3f), 4.166664568298827e-2f);
  const Lanes sine = fused(a * z, odd, a);
  const Lanes cosine = fused(z, fused(z, even, -0.5f), 1.0f);
  const WordLanes sign = words & 0x80000000u, isTurned = -(words >> 30 & 1u);
  const WordLanes c = lanes_as(WordLanes, cosine), s = lanes_as(WordLanes, sine);
  const WordLanes exchanged = (c ^ s) & isTurned;
  *first = lanes_as(Lanes, c ^ exchanged ^ sign);
  *second = lanes_as(Lanes, s ^ exchanged ^ sign);
}

void WIDE(random_disturb)(float *restrict x, long first, long count, uint64_t seed, float scale,
                          float deviation) {
  const WordLanes low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  const WordLanes own = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (long i = 0; i < count; i += 2 * LANES) {
    const WordLanes pairs = (uint32_t)((first + i) / 2) + own;
    const WordLanes one = mixed_lanes(mixed_lanes(pairs ^ low) ^ high);
    // A word that follows from another is as good as any.
    const WordLanes other = mixed_lanes(one ^ low);
    Lanes cosine, sine;
    normal_direction(other, &cosine, &sine);
    const Lanes radius = deviation * normal_radius(one);
    const long rest = count - i;
    lanes_store(x + i, fused(scale, lanes_load(x + i, rest), radius * cosine), rest);
    if (rest <= LANES) break;
    float *y = x + i + LANES;
    lanes_store(y, fused(scale, lanes_load(y, rest - LANES), radius * sine), rest - LANES);
  }
}

#pragma clang diagnostic pop

void WIDE(random_drop)(float *restrict x, long first, long count, uint64_t seed, uint32_t threshold,
                       float scale) {
  const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (long i = 0; i < count; ++i) {
    const uint32_t drawn = mixed(mixed((uint32_t)(first + i) ^ low) ^ high);
    x[i] = drawn >= threshold ? x[i] * scale : 0;
  }
}
