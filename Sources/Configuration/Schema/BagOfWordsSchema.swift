import Networks

/// The keys of `bag_of_words`.
enum BagOfWordsSchema {
  static let variant = Variant(
    "bag_of_words", section, initial: BagOfWordsOptions(),
    wrap: { EncoderChoice(architecture: .bagOfWords($0)) },
    unwrap: { if case .bagOfWords(let options) = $0.architecture { options } else { nil } },
    "The mean of learned vectors of a text's tokens, in any order (Joulin et al., 2016), then linear "
      + "layers with ReLU between them.")

  private static let section = Section<BagOfWordsOptions>(fields: [
    Field(
      "width", \.width, Codec<Int>.count(to: largestWidth).orNull,
      "the numbers of a token; null: `features`, and no layer follows the mean"),
    Field(
      "vocabulary", \.vocabulary, Codec<Int>.count(to: 16_000_000).orNull,
      "the number of different tokens, padding included; null: as many as the data have"),
    Field(
      "ngrams", \.longestGram, .count(to: 16),
      "runs of up to so many neighbouring tokens have a vector, too; 1: only tokens have"),
    Field(
      "buckets", \.buckets, .count(to: 16_000_000),
      "the number of vectors that such runs share, by a hash of their tokens"),
    Field(
      "hidden", \.hidden, Codec<Int>.count(to: largestWidth).list(0...64, of: "widths"),
      "the widths of layers with ReLU behind the mean"),
  ])
}
