import Storage
import Tensors

/// The pieces of words that BERT and its kin know: tokens of a given `vocab.txt`, numbered by line.
///
/// Gives the numbers of Hugging Face's `BertTokenizer`: text is parted into words and punctuation
/// (`WordPieceWords`), and each word into the longest pieces that the file has, from the left, all but
/// the first of them marked `##` (Wu et al., 2016, arXiv 1609.08144; Devlin et al., 2019). A word that
/// cannot be parted so, or that has more than 100 scalars, is one `[UNK]`. Special tokens that stand in
/// a text, such as `[SEP]`, are ordinary characters here.
public struct WordPiece: Tokeniser {
  /// The number of the file's lines.
  public let tokenCount: Int
  /// The number of `[UNK]`.
  public let unknown: Int
  /// The SHA-256 of the file, and how words are parted.
  public let identity: String
  /// The file's text.
  public let content: String?

  private let words: WordPieceWords
  /// `[CLS]` and `[SEP]`, where they stand around each text.
  public let ends: [Int]
  /// By bytes: strings would be equal that are only canonically equivalent.
  private let numbers: [ArraySlice<UInt8>: Int]
  private let longestPiece: Int

  /// Reads a vocabulary: UTF-8, one token a line, `[PAD]` on the first.
  ///
  /// - Parameters:
  ///   - ignoresCase: whether words are lower-cased and lose their accents, as models that are called
  ///     uncased expect it.
  ///   - addsSpecialTokens: whether `[CLS]` and `[SEP]` stand around each text.
  public init(path: String, ignoresCase: Bool, addsSpecialTokens: Bool) throws {
    try self.init(
      bytes: InputFile.read(path), place: path, ignoresCase: ignoresCase,
      addsSpecialTokens: addsSpecialTokens)
  }

  /// The vocabulary in a file's bytes, which messages call `path`.
  init(bytes: [UInt8], place path: String, ignoresCase: Bool, addsSpecialTokens: Bool) throws {
    _ = try InputFile.text(of: bytes, place: path)
    // With the byte order mark that there may be: the hash is of all bytes.
    content = String(decoding: bytes, as: UTF8.self)
    var numbers: [ArraySlice<UInt8>: Int] = [:]
    var (count, longest) = (0, 0)
    var rest = InputFile.withoutMark(bytes)
    while !rest.isEmpty {
      try LongWork.step()
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[line.endIndex...].dropFirst()
      let token = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if count == 0 { try Self.checkFirst(token, place: path) }
      // Where a token stands twice, the later line counts, as it does for Hugging Face.
      numbers[token] = count
      longest = max(longest, token.count)
      count += 1
    }
    guard count <= Self.mostTokens else {
      throw FileError(
        path, "has \(count) lines, expected at most \(Self.mostTokens), one for each token")
    }
    func number(of token: String, _ use: String) throws -> Int {
      if let number = numbers[Array(token.utf8)[...]] { return number }
      throw FileError(path, "has no line '\(token)', \(use)")
    }
    unknown = try number(of: "[UNK]", "which unknown words become")
    let advice = "which special_tokens: true puts around each text; set special_tokens: false"
    ends =
      addsSpecialTokens
      ? [try number(of: "[CLS]", advice), try number(of: "[SEP]", advice)] : []
    words = WordPieceWords(ignoresCase: ignoresCase)
    tokenCount = count
    longestPiece = longest
    self.numbers = numbers
    var digest = SHA256()
    digest.update(bytes)
    identity =
      "wordpiece \(ignoresCase ? "uncased" : "cased"), \(count) tokens, sha256 \(digest.hex)"
  }

  /// Token numbers travel as float32, which has all whole numbers up to here.
  private static let mostTokens = 1 << 24

  private static func checkFirst(_ token: ArraySlice<UInt8>, place: String) throws {
    guard !token.elementsEqual("[PAD]".utf8) else { return }
    let found = String(decoding: token.prefix(64), as: UTF8.self)
    throw FileError(
      "\(place):1",
      "the first token is '\(found.legible())', expected [PAD], because token number 0 is what fills"
        + " up short texts; give the vocab.txt of a BERT model, with its lines as they are")
  }

  /// A text's words and punctuation, as they are looked up.
  public func words(of text: String) -> [String] { words.split(text) }

  /// The pieces of a word.
  public func numbers(of word: String) -> [Int] {
    guard word.unicodeScalars.count <= 100 else { return [unknown] }
    let bytes = Array(word.utf8)
    var pieces: [Int] = []
    var start = 0
    while start < bytes.count {
      guard let (number, end) = longest(of: bytes, from: start) else { return [unknown] }
      pieces.append(number)
      start = end
    }
    return pieces
  }

  /// The longest piece that begins at `start`, with where it ends.
  private func longest(of word: [UInt8], from start: Int) -> (number: Int, end: Int)? {
    let mark = start == 0 ? [] : Array("##".utf8)
    let rest = (mark + word[start...])[...]
    var length = min(rest.count, longestPiece)
    while length > mark.count {
      // Only whole scalars: tokens are valid UTF-8, so that nothing else can be one.
      if let number = numbers[rest.prefix(length)] {
        return (number, start + length - mark.count)
      }
      length -= 1
    }
    return nil
  }

  /// The pieces of all words, cut where they are too many, between the special tokens where these are
  /// wanted: they stay when a text is cut.
  public func tokens(of text: String, length: Int) -> [Int] {
    let room = max(0, length - ends.count)
    let pieces = words(of: text).lazy.flatMap { numbers(of: $0) }.prefix(room)
    return Array(ends.prefix(1)) + Array(pieces) + ends.dropFirst()
  }

  /// `word`: only whole words are unknown.
  public var unit: String { "word" }

  /// A twentieth: pieces of a fitting vocabulary make up nearly every word.
  public var mostUnknown: Double { 0.05 }

  /// The vocabulary.
  public var advice: (training: String, test: String) {
    let advice =
      "vocabulary_file and ignore_case should be those of the texts' language and of the pretrained"
      + " model"
    return (advice, advice)
  }

  /// Which vocabulary it was, and is.
  public func difference(from saved: String) -> String {
    "the weights were trained with the tokens '\(saved.legible())', but the text options now give"
      + " '\(identity)'; give the vocabulary_file and text options of the saved run"
  }
}
