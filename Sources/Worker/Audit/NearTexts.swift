import Datasets
import Exchange
import Tensors

/// Finds texts that are nearly the same, of the tokens that an encoder sees of them.
///
/// A text is the set of its tokens and of its pairs of neighbours (of its runs of five characters, where
/// tokens are characters); two texts are alike where their sets have a Jaccard similarity of at least 0.7:
/// one word in a dozen is another. Candidates come from MinHash and locality-sensitive hashing (Broder, "On
/// the resemblance and containment of documents", 1997; Indyk and Motwani, "Approximate nearest neighbors",
/// 1998): 32 bands of 5 minima, which miss a pair of similarity 0.7 in 3 of 1,000 cases and one of 0.8 in 1
/// of 300,000. The sets themselves decide.
struct NearTexts {
  /// The least similarity of texts that are alike.
  static let similarity = 0.7
  /// The fewest tokens of a text that is compared with others: words, and characters.
  static let (leastWords, leastCharacters) = (5, 20)

  private let ends: Set<Int>
  private let areCharacters: Bool
  /// The set of each text, as sorted hashes.
  private var sets: [[UInt64]] = []

  /// Texts by the tokens of `tokeniser`; nil: the samples are no texts.
  init?(of tokeniser: (any Tokeniser)?) {
    guard let tokeniser else { return nil }
    ends = Set(tokeniser.ends)
    areCharacters = tokeniser.unit == "character"
  }

  /// The number of texts so far.
  var count: Int { sets.count }

  /// Whether a text, as the encoder sees it, has enough tokens to be compared.
  func isLong(_ values: Span<Float>) -> Bool {
    tokens(values).count >= (areCharacters ? Self.leastCharacters : Self.leastWords)
  }

  /// Adds a text that is like none before.
  mutating func append(_ values: Span<Float>) throws {
    try LongWork.step()
    let tokens = tokens(values)
    let sizes = areCharacters ? [5] : [1, 2]
    var set: Set<UInt64> = []
    for size in sizes {
      for start in 0..<max(0, tokens.count - size + 1) {
        set.insert(
          tokens[start..<start + size].reduce(UInt64(size)) { Self.mixed($0 ^ UInt64($1) &+ 1) })
      }
    }
    sets.append(set.sorted())
  }

  /// All pairs of texts that are alike, by the numbers in which they were added.
  func pairs() throws -> [Likeness.Pair] {
    let sketches = try sets.map { set in
      try LongWork.step()
      return TextSketch(of: set)
    }
    var seen: Set<UInt64> = []
    var found: [Likeness.Pair] = []
    for band in 0..<TextSketch.bandCount {
      var buckets: [UInt64: [Int]] = [:]
      for (text, sketch) in sketches.enumerated() {
        try LongWork.step()
        let key = sketch.key(ofBand: band)
        // Of texts that are all of one form, each is compared with the last of them only.
        for other in (buckets[key] ?? []).suffix(Self.mostCompared)
        where seen.insert(UInt64(other) << 32 | UInt64(text)).inserted {
          let similarity = Self.similarity(of: sets[other], and: sets[text])
          guard similarity >= Self.similarity else { continue }
          found.append(
            .init(first: Int32(other), second: Int32(text), similarity: Float(similarity)))
        }
        buckets[key, default: []].append(text)
      }
    }
    return found.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// How many texts of a bucket one text is compared with.
  private static let mostCompared = 200

  /// The tokens of a text, without what stands around every text and without padding.
  private func tokens(_ values: Span<Float>) -> [Int] {
    var tokens: [Int] = []
    for place in values.indices {
      let token = Int(values[place])
      if token != Vocabulary.padding, !ends.contains(token) { tokens.append(token) }
    }
    return tokens
  }

  /// The Jaccard similarity of two sorted sets.
  static func similarity(of a: [UInt64], and b: [UInt64]) -> Double {
    var (i, j, common) = (0, 0, 0)
    while i < a.count, j < b.count {
      if a[i] == b[j] {
        (i, j, common) = (i + 1, j + 1, common + 1)
      } else if a[i] < b[j] {
        i += 1
      } else {
        j += 1
      }
    }
    let all = a.count + b.count - common
    return all > 0 ? Double(common) / Double(all) : 0
  }

  /// The finaliser of SplitMix64 (Steele et al., 2014): a bijection that spreads every bit.
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// The least hash of a set under many hash functions: two sets agree in one of them with the probability of
/// their Jaccard similarity.
struct TextSketch {
  /// Two sets are compared where they agree in all minima of a band.
  static let (bandCount, rowCount) = (32, 5)

  private let keys: [UInt64]

  /// The sketch of a set of hashes.
  init(of set: [UInt64]) {
    keys = (0..<Self.bandCount).map { band in
      (0..<Self.rowCount).reduce(UInt64(band)) { key, row in
        let salt = NearTexts.mixed(UInt64(band * Self.rowCount + row))
        // Multiplying by an odd number and folding is a hash of its own for each salt.
        let least = set.reduce(UInt64.max) { min($0, ($1 ^ salt) &* (salt | 1)) }
        return NearTexts.mixed(key ^ least)
      }
    }
  }

  /// What equal minima of a band make equal.
  func key(ofBand band: Int) -> UInt64 { keys[band] }
}
