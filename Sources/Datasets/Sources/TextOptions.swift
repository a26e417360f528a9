/// Options of `text`: transcripts, one a sample, turned into token numbers.
public struct TextOptions: Sendable, Equatable {
  /// What gets a number.
  public enum Tokens: String, Sendable, CaseIterable {
    /// The words of the training texts.
    case words
    /// The pieces of words of a given vocabulary, as BERT has them.
    case wordpiece
    /// The characters of the training texts.
    case characters
  }

  /// What becomes of a text without a token.
  public enum Empty: String, Sendable, CaseIterable {
    /// A sample like others.
    case keep
    /// The sample does not have this modality.
    case missing
  }

  /// CSV files with columns `id,label,text`, or `id,label,path`.
  public var train: [String] = []
  /// The same for the test split; empty: there is none.
  public var test: [String] = []
  /// Whether each text is a file of its own, which the column `path` names.
  public var areFiles = false
  /// How the bytes of texts become characters.
  public var encoding = TextEncoding.utf8
  /// What gets a number.
  public var tokens = Tokens.words
  /// The `vocab.txt` of `wordpiece`, relative to the data root.
  public var vocabularyFile: String?
  /// Whether `wordpiece` puts `[CLS]` and `[SEP]` around each text.
  public var addsSpecialTokens = true
  /// The number of tokens that a sample is cut or padded to.
  public var length = 64
  /// The largest number of different words or characters, padding and the unknown one included.
  public var vocabulary = 10_000
  /// Words or characters that are rarer than this in the training files are unknown.
  public var minimumCount = 1
  /// Whether upper and lower case are the same.
  public var ignoresCase = true
  /// What becomes of a text without a token.
  public var empty = Empty.keep

  /// The defaults, without files.
  public init() {}
}
