/// Some of the ranks of a job; the next of them is found by looking at 64 at a time.
struct RankSet {
  private var words: [UInt64]

  /// None of `count` ranks.
  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  mutating func insert(_ rank: Int) { words[rank / 64] |= 1 << UInt64(rank % 64) }

  mutating func remove(_ rank: Int) { words[rank / 64] &= ~(1 << UInt64(rank % 64)) }

  /// The first of them after `rank`, going round; `rank` itself comes last. nil: there are none.
  func next(after rank: Int) -> Int? {
    let (first, place) = (rank / 64, UInt64(rank % 64))
    let above = words[first] & (~1 << place)
    if above != 0 { return first * 64 + above.trailingZeroBitCount }
    for step in 1...words.count {
      let word = (first + step) % words.count
      // Back where this began, only those up to `rank` are left.
      let bits = word == first ? words[word] & ~(~1 << place) : words[word]
      if bits != 0 { return word * 64 + bits.trailingZeroBitCount }
    }
    return nil
  }
}
