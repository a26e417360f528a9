"""Which groups `prepare` draws for the test part, written from the published descriptions: FNV-1a over the
stream's name, SplitMix64, xoshiro256++ (Blackman and Vigna, 2019), whole numbers without bias (Lemire, 2019),
Fisher and Yates from the last place down. Python 3 alone.

    python3 draw.py SET SEED SHARE GROUP...      all groups have the same classes
"""

import sys

MASK = (1 << 64) - 1


class Generator:
    def __init__(self, seed, stream):
        mixed = 0xCBF29CE484222325
        for byte in stream.encode():
            mixed = (mixed ^ byte) * 0x100000001B3 & MASK
        mixed ^= seed * 0x9E3779B97F4A7C15 & MASK
        self.state = []
        for _ in range(4):
            mixed = (mixed + 0x9E3779B97F4A7C15) & MASK
            z = mixed
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
            z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
            self.state.append(z ^ z >> 31)

    def next(self):
        def rotated(x, k):
            return (x << k | x >> 64 - k) & MASK

        s = self.state
        result = (rotated((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotated(s[3], 45)
        return result

    def below(self, bound):
        threshold = (1 << 64) % bound
        while True:
            product = self.next() * bound
            if product & MASK >= threshold:
                return product >> 64


def drawn(name, seed, share, groups):
    generator = Generator(seed, f"prepare/{name}/test")
    groups = sorted(groups, key=str.encode)
    order = list(range(len(groups)))
    for last in range(len(groups) - 1, 0, -1):
        other = generator.below(last + 1)
        order[last], order[other] = order[other], order[last]
    count = min(max(1, int(share * len(groups) + 0.5)), len(groups) - 1)
    return sorted(groups[place] for place in order[:count])


print(*drawn(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
