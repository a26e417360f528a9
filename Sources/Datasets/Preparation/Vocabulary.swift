import Foundation
import Tensors

/// The words, or characters, that a text encoder knows, by number: the more frequent, the lower.
public struct Vocabulary: Tokeniser, Equatable {
  /// What is counted and gets a number.
  public enum Unit: Sendable {
    /// Letters, digits, marks, and apostrophes between them; all else parts words.
    case words
    /// Unicode scalars, composed (NFC); a run of white space is one blank.
    case characters
  }

  /// What fills up a short text.
  public static let padding = 0
  /// Every word that is not in the vocabulary.
  public static let unknown = 1

  /// The words from number 2 on.
  public let words: [String]
  /// The number of different tokens, padding and the unknown word included.
  public var tokenCount: Int { words.count + 2 }
  /// Number 1.
  public var unknown: Int { Self.unknown }

  private let kind: Unit
  private let ignoresCase: Bool
  private let numbers: [String: Int]

  /// The words of `texts`, at most `limit` tokens in all and each at least `minimumCount` times
  /// there. Equally frequent words stand in the order of their Unicode scalars.
  public init(
    of texts: [String], unit: Unit = .words, limit: Int, minimumCount: Int, ignoresCase: Bool
  ) {
    var counts: [String: Int] = [:]
    for text in texts {
      LongWork.pass()
      for word in Self.split(text, into: unit, ignoresCase: ignoresCase) {
        counts[word, default: 0] += 1
      }
    }
    let ordered = counts.filter { $0.value >= minimumCount }.sorted { a, b in
      a.value != b.value
        ? a.value > b.value : a.key.unicodeScalars.lexicographicallyPrecedes(b.key.unicodeScalars)
    }
    self.init(
      words: ordered.prefix(max(0, limit - 2)).map(\.key), unit: unit, ignoresCase: ignoresCase)
  }

  /// The vocabulary of a model that was saved with this identity.
  init(identity: String, unit: Unit, ignoresCase: Bool) {
    // Scalar by scalar: a word may begin with an accent, or be a mark that follows an emoji.
    let scalars = identity.unicodeScalars
    let words =
      switch unit {
      case .words: scalars.split(separator: " ").map { String($0) }
      case .characters: scalars.dropFirst(Self.charactersPrefix.count).map { String($0) }
      }
    self.init(words: words, unit: unit, ignoresCase: ignoresCase)
  }

  private init(words: [String], unit: Unit, ignoresCase: Bool) {
    self.words = words
    kind = unit
    self.ignoresCase = ignoresCase
    numbers = Dictionary(
      zip(words, 2...), uniquingKeysWith: { first, _ in first })
  }

  /// The number of one word.
  public func numbers(of word: String) -> [Int] { [numbers[word] ?? Self.unknown] }

  /// A text's words, as they are looked up.
  public func words(of text: String) -> [String] {
    Self.split(text, into: kind, ignoresCase: ignoresCase)
  }

  /// The words in their order, with a blank between them; characters without.
  public var identity: String {
    switch kind {
    case .words: words.joined(separator: " ")
    case .characters: Self.charactersPrefix + words.joined()
    }
  }

  /// How many words there were, and are.
  public func difference(from saved: String) -> String {
    // Scalar by scalar: a word may begin with an accent, or be a mark that follows an emoji.
    let scalars = saved.unicodeScalars
    let (name, count) =
      switch kind {
      case .words: ("words", scalars.split(separator: " ").count)
      case .characters: ("characters", max(0, scalars.count - Self.charactersPrefix.count))
      }
    return "the weights know \(count) \(name), but the training texts now give other ones "
      + "(\(words.count)); give the training files and text options of the saved run"
  }

  /// `word` or `character`.
  public var unit: String { kind == .words ? "word" : "character" }

  /// A half: short texts of few words have a third of unknown ones, in good order.
  public var mostUnknown: Double { 0.5 }

  /// The options, and the texts themselves.
  public var advice: (training: String, test: String) {
    switch kind {
    case .words:
      (
        "look at minimum_count and vocabulary, and whether there are blanks between the words",
        "they should have the language and the spelling of the training texts, and blanks between"
          + " the words"
      )
    case .characters:
      (
        "look at minimum_count and vocabulary",
        "they should have the language and the script of the training texts"
      )
    }
  }

  private static let charactersPrefix = "characters "
}

extension Vocabulary {
  /// The parts of a text.
  static func split(_ text: String, into unit: Unit = .words, ignoresCase: Bool) -> [String] {
    let text = ignoresCase ? text.lowercased() : text
    return unit == .words ? words(in: text) : characters(in: text)
  }

  private static func words(in text: String) -> [String] {
    let parts = text.unicodeScalars.split { !isPart($0) }
    return parts.compactMap { part in
      guard let start = part.firstIndex(where: { !isApostrophe($0) }),
        let end = part.lastIndex(where: { !isApostrophe($0) })
      else { return nil }
      let word = part[start...end].map { isApostrophe($0) ? "'" : $0 }
      return String(String.UnicodeScalarView(word))
    }
  }

  private static func characters(in text: String) -> [String] {
    let parts = text.precomposedStringWithCanonicalMapping.unicodeScalars.split {
      $0.properties.isWhitespace || $0.properties.generalCategory == .control
    }
    return Array(parts.map { $0.map { String($0) } }.joined(separator: [" "]))
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
