import Tensors

/// The words that a text encoder knows, by number: the more frequent, the lower.
public struct Vocabulary: Sendable, Equatable {
  /// What fills up a short text.
  public static let padding = 0
  /// Every word that is not in the vocabulary.
  public static let unknown = 1

  /// The words from number 2 on.
  public let words: [String]
  /// The number of different tokens, padding and the unknown word included.
  public var tokenCount: Int { words.count + 2 }

  private let ignoresCase: Bool
  private let numbers: [String: Int]

  /// The words of `texts`, at most `limit` tokens in all and each at least `minimumCount` times
  /// there. Equally frequent words stand in the order of their Unicode scalars.
  public init(of texts: [String], limit: Int, minimumCount: Int, ignoresCase: Bool) {
    var counts: [String: Int] = [:]
    for text in texts {
      LongWork.pass()
      for word in Self.split(text, ignoresCase: ignoresCase) { counts[word, default: 0] += 1 }
    }
    let ordered = counts.filter { $0.value >= minimumCount }.sorted { a, b in
      a.value != b.value
        ? a.value > b.value : a.key.unicodeScalars.lexicographicallyPrecedes(b.key.unicodeScalars)
    }
    words = ordered.prefix(max(0, limit - 2)).map(\.key)
    self.ignoresCase = ignoresCase
    numbers = Dictionary(
      zip(words, 2...), uniquingKeysWith: { first, _ in first })
  }

  /// The numbers of a text's words.
  public func tokens(of text: String) -> [Int] {
    words(of: text).map { numbers[$0] ?? Self.unknown }
  }

  /// A text's words, as they are looked up.
  func words(of text: String) -> [String] { Self.split(text, ignoresCase: ignoresCase) }

  /// Whether a word, as `words(of:)` gives it, has a number of its own.
  func knows(_ word: String) -> Bool { numbers[word] != nil }

  /// The words of a text: letters, digits, marks, and apostrophes between them; all else parts
  /// words.
  static func split(_ text: String, ignoresCase: Bool) -> [String] {
    let text = ignoresCase ? text.lowercased() : text
    let parts = text.unicodeScalars.split { !isPart($0) }
    return parts.compactMap { part in
      guard let start = part.firstIndex(where: { !isApostrophe($0) }),
        let end = part.lastIndex(where: { !isApostrophe($0) })
      else { return nil }
      let word = part[start...end].map { isApostrophe($0) ? "'" : $0 }
      return String(String.UnicodeScalarView(word))
    }
  }

  private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "'" || scalar == "\u{2019}"
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: isApostrophe(scalar)
    }
  }
}
