import Foundation
import Storage
import Testing

@testable import Datasets

@Suite struct WordPieceTests {
  /// Golden values: see `Golden/wordpiece_golden.py`.
  private struct Golden: Decodable {
    struct Entry: Decodable {
      let text: String
      let ids: [Int]
    }
    let lines: Int
    let vocabulary: [String: Int]
    let sentences: [Entry]
    let strings: [Entry]

    init() throws {
      let path = Bundle.module.bundlePath + "/Golden/wordpiece.json"
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }

    private enum CodingKeys: CodingKey { case lines, vocabulary, sentences, strings }

    /// All lines in their places; those that no golden text has are made up.
    var file: String {
      var lines = (0..<lines).map { "[unused line \($0)]" }
      for (token, number) in vocabulary { lines[number] = token }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  private func wordPiece(
    _ file: String, ignoresCase: Bool = true, special: Bool = false
  ) throws -> WordPiece {
    let folder = try TemporaryFolder()
    return try WordPiece(
      path: folder.write(file, "vocab.txt"), ignoresCase: ignoresCase, addsSpecialTokens: special)
  }

  @Test func `token numbers are those of Hugging Face`() throws {
    // ANTIPHON_VOCABULARY names the whole file: Tests/slow/run wordpiece.
    let golden = try Golden()
    let whole = ProcessInfo.processInfo.environment["ANTIPHON_VOCABULARY"]
    let file = try whole.map { try String(contentsOfFile: $0, encoding: .utf8) } ?? golden.file
    let (bare, ended) = (try wordPiece(file), try wordPiece(file, special: true))
    #expect(bare.tokenCount == 30_522 && bare.unknown == 100 && ended.ends == [101, 102])
    #expect(golden.sentences.count == 20 && golden.strings.count == 46)
    for entry in golden.sentences {
      #expect(ended.tokens(of: entry.text, length: 512) == entry.ids, "\(entry.text)")
      #expect(bare.tokens(of: entry.text, length: 512) == entry.ids.dropFirst().dropLast())
    }
    for entry in golden.strings {
      #expect(bare.tokens(of: entry.text, length: 1 << 20) == entry.ids, "\(entry.text)")
    }
  }

  private static let small =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\naff\n##a\n,\n\u{e9}\ne\u{301}t\n##\u{ac00}\nA\n"

  @Test func `words become their longest pieces from the left`() throws {
    let pieces = try wordPiece(Self.small)
    #expect(pieces.tokens(of: "unaffable, UNAFFA aff", length: 99) == [4, 5, 6, 9, 4, 5, 8, 7])
    // One place without a piece makes the whole word unknown; so does its length.
    #expect(pieces.tokens(of: "unaffx aff unab", length: 99) == [1, 7, 1])
    let hundred = "un" + String(repeating: "a", count: 98)
    #expect(pieces.tokens(of: hundred, length: 999) == [4] + Array(repeating: 8, count: 98))
    #expect(pieces.tokens(of: hundred + "a", length: 999) == [1])
    #expect(pieces.tokens(of: " \n", length: 99).isEmpty)
  }

  @Test func `every sign of ASCII and all punctuation are words of their own`() {
    let words = WordPieceWords(ignoresCase: true)
    let signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u{2014}\u{AB}\u{BF}\u{3002}"
    #expect(signs.unicodeScalars.count == 36)
    for sign in signs {
      #expect(words.split("a\(sign)b \(sign)") == ["a", "\(sign)", "b", "\(sign)"])
    }
    // Currency, numbers and marks are none beyond ASCII.
    for sign in ["\u{20AC}", "\u{B2}", "\u{A9}", "\u{2192}"] {
      #expect(words.split("a\(sign)b") == ["a\(sign)b"])
    }
  }

  @Test func `special tokens stay where a text is cut`() throws {
    let pieces = try wordPiece(Self.small, special: true)
    #expect(pieces.tokens(of: "unaffable aff", length: 6) == [2, 4, 5, 6, 7, 3])
    #expect(pieces.tokens(of: "unaffable aff", length: 5) == [2, 4, 5, 6, 3])
    #expect(pieces.tokens(of: "", length: 5) == [2, 3])
    #expect(try wordPiece(Self.small).tokens(of: "unaffable aff", length: 3) == [4, 5, 6])
  }

  @Test func `tokens are told apart by their bytes`() throws {
    // Strings would be equal here: e with an accent, composed and not; a syllable and its letters.
    let cased = try wordPiece(Self.small, ignoresCase: false)
    #expect(cased.tokens(of: "\u{e9} e\u{301}", length: 9) == [10, 1])
    #expect(cased.tokens(of: "e\u{301}t \u{e9}t", length: 9) == [11, 1])
    #expect(cased.numbers(of: "un\u{ac00}") == [4, 12])
    #expect(cased.numbers(of: "un\u{1100}\u{1161}") == [1])
    #expect(cased.tokens(of: "A a", length: 9) == [13, 1])
  }

  @Test func `lines may end as Windows ends them, and the last not at all`() throws {
    let windows = Self.small.replacing("\n", with: "\r\n")
    let pieces = try wordPiece(windows)
    #expect(pieces.tokenCount == 14 && pieces.tokens(of: "unaff", length: 9) == [4, 5])
    let (whole, cut) = (try wordPiece(Self.small), try wordPiece(String(Self.small.dropLast())))
    #expect(cut.tokenCount == 14 && cut.numbers(of: "A") == [13])
    #expect(try wordPiece("\u{feff}" + Self.small).numbers(of: "A") == [13])
    // Any other byte makes another vocabulary, and so does case.
    let cased = try wordPiece(Self.small, ignoresCase: false)
    #expect(Set([whole.identity, cut.identity, cased.identity]).count == 3)
    #expect(whole.identity == (try wordPiece(Self.small)).identity)
  }

  @Test(
    arguments: [
      ("[UNK]\n[PAD]\n", ":1", "the first token is '[UNK]', expected [PAD]"),
      ("a\n", ":1", "the first token is 'a', expected [PAD]"),
      ("[PAD]\nb\n", "", "has no line '[UNK]'"),
      ("[PAD]\n[UNK]\n[SEP]\n", "", "has no line '[CLS]'"),
      ("[PAD]\n[UNK]\n[CLS]\n", "", "has no line '[SEP]'"),
      ("", "", "is empty"),
    ])
  func `files that are no such vocabulary are refused`(
    file: String, line: String, problem: String
  ) throws {
    let error = try #require(throws: FileError.self) { try wordPiece(file, special: true) }
    #expect(error.place.hasSuffix("vocab.txt" + line))
    #expect(error.problem.hasPrefix(problem), "\(error)")
  }

  @Test func `a vocabulary that is no UTF-8 is refused by line`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("[PAD]\n[UNK]\n".utf8) + [0xff], "vocab.txt")
    let error = try #require(throws: FileError.self) {
      try WordPiece(path: path, ignoresCase: true, addsSpecialTokens: false)
    }
    #expect(error.place.hasSuffix("vocab.txt:3"))
  }
}
