/// How texts become token numbers: whole numbers from 1 on, since 0 is padding.
public protocol Tokeniser: Sendable {
  /// The number of different tokens, padding included.
  var tokenCount: Int { get }
  /// The token of what is not known.
  var unknown: Int { get }
  /// The tokens that stand around each text, whatever is in it.
  var ends: [Int] { get }
  /// What it looks up: `word`.
  var unit: String { get }
  /// The share of unknown words from which on something seems to be wrong.
  var mostUnknown: Double { get }
  /// What to look at where so many words of a split are unknown.
  var advice: (training: String, test: String) { get }
  /// What a model saves, so that numbers are known to mean the same later.
  var identity: String { get }
  /// What a model saves beside the identity, so that the same tokeniser can be made of both alone; nil: the
  /// identity says all.
  var content: String? { get }

  /// A text's parts that are looked up: words, or single characters.
  func words(of text: String) -> [String]
  /// The tokens of one part: `[unknown]` where it is not known.
  func numbers(of word: String) -> [Int]
  /// The tokens of a text, at most `length`.
  func tokens(of text: String, length: Int) -> [Int]
  /// What to say where a model was saved with another identity.
  func difference(from saved: String) -> String
}

extension Tokeniser {
  /// None, unless a tokeniser says otherwise.
  public var ends: [Int] { [] }

  /// None, unless a tokeniser says otherwise.
  public var content: String? { nil }

  /// The tokens of all words, one after the other, cut where they are too many.
  public func tokens(of text: String, length: Int) -> [Int] {
    Array(words(of: text).lazy.flatMap { numbers(of: $0) }.prefix(length))
  }
}

extension ModalityData {
  /// What makes numbers of the samples, where they are texts.
  public var tokeniser: (any Tokeniser)? {
    ((train as? TextSource) ?? (test as? TextSource))?.tokeniser
  }
  /// The number of different tokens, padding included, where the samples are texts.
  public var tokenCount: Int? { tokeniser?.tokenCount }
}
