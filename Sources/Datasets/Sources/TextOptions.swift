/// Options of `text`: transcripts in CSV files, one a sample, turned into token numbers.
public struct TextOptions: Sendable, Equatable {
  /// CSV files with columns `id,label,text`.
  public var train: [String] = []
  /// The same for the test split; empty: there is none.
  public var test: [String] = []
  /// The number of tokens that a sample is cut or padded to.
  public var length = 64
  /// The largest number of different tokens, padding and the unknown word included.
  public var vocabulary = 10_000
  /// Words that are rarer than this in the training files are unknown.
  public var minimumCount = 1
  /// Whether upper and lower case are the same.
  public var ignoresCase = true

  /// The defaults, without files.
  public init() {}
}
