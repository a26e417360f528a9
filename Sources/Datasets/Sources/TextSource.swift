import Storage
import Tensors

/// One text a sample: `[length]` token numbers as floats, cut or padded with 0 at the end.
public struct TextSource: SampleSource {
  /// One id a sample.
  public let ids: [String]
  /// One label a sample.
  public let labels: [Int]
  /// One group a sample, or none at all.
  public let groups: [String]
  /// `[length]`.
  public var sampleShape: Shape { [length] }
  /// What makes the numbers of both splits.
  public let tokeniser: any Tokeniser

  private let length: Int
  private let tokens: [[Int]]

  /// Opens both splits; a vocabulary that is not given is made of the training texts alone.
  static func open(
    _ options: TextOptions, root: String, classes: [String]
  ) throws -> ModalityData {
    let train = try TextRows(options.train, options, root: root, classes: classes)
    let tokeniser = try tokeniser(options, root: root, train)
    let source = try TextSource(train, tokeniser, options)
    guard !source.ids.isEmpty else {
      throw FileError(
        train.rows[0].file, "has only texts without a token, which empty: missing leaves out")
    }
    let test =
      options.test.isEmpty
      ? nil : try TextRows(options.test, options, root: root, classes: classes)
    let tested = try test.map { try TextSource($0, tokeniser, options) }
    return ModalityData(
      train: source, test: tested ?? EmptySource(sampleShape: source.sampleShape),
      warnings: [
        WordCoverage(of: train.texts, by: tokeniser).warning(of: .training),
        test.flatMap { WordCoverage(of: $0.texts, by: tokeniser).warning(of: .test) },
        missing(train.rows.count - source.ids.count, of: train, "training"),
        test.flatMap { missing($0.rows.count - (tested?.ids.count ?? 0), of: $0, "test") },
      ].compactMap(\.self))
  }

  /// Opens the test split of a model whose tokeniser is known.
  static func openTest(
    _ options: TextOptions, root: String, classes: [String], _ tokeniser: any Tokeniser
  ) throws -> ModalityData {
    let test = try TextRows(options.test, options, root: root, classes: classes)
    let source = try TextSource(test, tokeniser, options)
    return ModalityData(
      train: EmptySource(sampleShape: source.sampleShape), test: source,
      warnings: [
        WordCoverage(of: test.texts, by: tokeniser).warning(of: .test),
        missing(test.rows.count - source.ids.count, of: test, "test"),
      ].compactMap(\.self))
  }

  private static func tokeniser(
    _ options: TextOptions, root: String, _ train: TextRows
  ) throws -> any Tokeniser {
    if options.tokens == .wordpiece {
      guard let file = options.vocabularyFile else {
        throw FileError("tokens: wordpiece", "needs a vocabulary_file")
      }
      return try WordPiece(
        path: InputFile.resolve(file, root: root), ignoresCase: options.ignoresCase,
        addsSpecialTokens: options.addsSpecialTokens)
    }
    let vocabulary = Vocabulary(
      of: train.texts, unit: options.tokens == .words ? .words : .characters,
      limit: options.vocabulary, minimumCount: options.minimumCount,
      ignoresCase: options.ignoresCase)
    guard !vocabulary.words.isEmpty else {
      let what = options.tokens == .words ? "word" : "character"
      throw FileError(
        train.rows.first?.file ?? "text",
        "holds no \(what) \(counted(options.minimumCount, "time")) or more, so that there is nothing"
          + " to learn from; \(options.minimumCount > 1 ? "lower minimum_count or " : "")give other"
          + " texts")
    }
    return vocabulary
  }

  private static func missing(_ count: Int, of all: TextRows, _ split: String) -> String? {
    guard count > 0 else { return nil }
    return
      "\(count) of \(all.rows.count) \(split) texts have no token, so that these samples do not have"
      + " this modality (empty: missing)"
  }

  init(_ all: TextRows, _ tokeniser: any Tokeniser, _ options: TextOptions) throws {
    precondition(options.length > 0)
    let kept = zip(all.rows, all.texts).filter { _, text in
      options.empty == .keep || !tokeniser.words(of: text).isEmpty
    }
    ids = kept.map(\.0.id)
    labels = kept.map(\.0.label)
    groups = kept.map(\.0).groups
    tokens = try kept.map { _, text in
      try LongWork.step()
      return tokeniser.tokens(of: text, length: options.length)
    }
    self.tokeniser = tokeniser
    length = options.length
  }

  /// A number for each token that a text has.
  public var heldByteCount: Int { tokens.reduce(0) { $0 + $1.count * MemoryLayout<Int>.stride } }

  /// Writes the numbers of sample `index`.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    for place in 0..<length {
      destination[place] = Float(
        place < tokens[index].count ? tokens[index][place] : Vocabulary.padding)
    }
  }
}
