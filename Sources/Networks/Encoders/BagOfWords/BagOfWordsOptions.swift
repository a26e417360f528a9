/// Options of `bag_of_words`: the mean of the vectors of a text's tokens, wherever they stand (Joulin et
/// al., 2016, arXiv 1607.01759), then the layers of an mlp.
public struct BagOfWordsOptions: Sendable, Equatable {
  /// The width of a token; nil: that of the features.
  public var width: Int?
  /// The number of different tokens, padding included; nil: as many as the data's.
  public var vocabulary: Int?
  /// Neighbouring tokens up to this many have a vector of their own, too.
  public var longestGram = 1
  /// The number of vectors that neighbouring tokens share, by a hash.
  public var buckets = 16_384
  /// The widths of layers with ReLU behind the mean.
  public var hidden: [Int] = []

  /// The defaults.
  public init() {}
}
