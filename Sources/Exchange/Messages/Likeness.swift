import Tensors

/// Which samples of a modality are alike, as its worker has found: numbers that say which rows go
/// together, and nothing of what is in them.
public struct Likeness: Sendable, Equatable {
  /// Two contents whose texts are nearly the same.
  public struct Pair: Sendable, Equatable {
    /// The contents, the lower number first.
    public let first, second: Int32
    /// The Jaccard similarity of what they are made of, 0 to 1.
    public let similarity: Float

    /// A pair of contents.
    public init(first: Int32, second: Int32, similarity: Float) {
      (self.first, self.second, self.similarity) = (first, second, similarity)
    }
  }

  /// The number of a sample that has one value everywhere: silence, a black picture, an empty text.
  public static let blank: Int32 = -1
  /// The number of a text of so few tokens that others say the same by chance.
  public static let short: Int32 = -2

  /// The content of each row, of the training files first, then of the test files: equal numbers, from 0,
  /// for decoded samples that are equal; `blank` or `short` for those that are not compared.
  public var contents: [Int32]
  /// Texts that are nearly the same.
  public var pairs: [Pair]
  /// Whether the samples are texts, so that `pairs` was looked for.
  public var areTexts: Bool

  /// What was found; nothing yet, to be read into.
  public init(contents: [Int32] = [], pairs: [Pair] = [], areTexts: Bool = false) {
    (self.contents, self.pairs, self.areTexts) = (contents, pairs, areTexts)
  }
}

extension Likeness: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.likeness

  /// The contents, the two sides of the pairs with their similarities, whether these are texts.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&contents)
    try fields.require(contents.allSatisfy { $0 >= Self.short })
    var (firsts, seconds) = (pairs.map(\.first), pairs.map(\.second))
    var similarities = pairs.map(\.similarity)
    try fields.field(&firsts)
    try fields.field(&seconds)
    try fields.field(&similarities)
    try fields.require(firsts.count == seconds.count && firsts.count == similarities.count)
    if fields.isReading {
      pairs = firsts.indices.map {
        Pair(first: firsts[$0], second: seconds[$0], similarity: similarities[$0])
      }
    }
    try fields.field(&areTexts)
  }
}
