import Storage
import Tensors

extension ModalityData {
  /// The words that the samples are read by, where they are texts.
  public var vocabulary: Vocabulary? { (train as? TextSource)?.vocabulary }
  /// The number of different tokens, padding included, where the samples are texts.
  public var tokenCount: Int? { vocabulary?.tokenCount }
}

/// One text a sample, from the `text` column of CSV files: `[length]` token numbers as floats, cut
/// or padded with 0 at the end.
public struct TextSource: SampleSource {
  /// One id a sample.
  public let ids: [String]
  /// One label a sample.
  public let labels: [Int]
  /// `[length]`.
  public var sampleShape: Shape { [length] }
  /// The words that both splits are read by: those of the training files.
  public let vocabulary: Vocabulary

  private let length: Int
  private let tokens: [[Int]]

  /// Opens both splits; the vocabulary is made of the training texts alone.
  static func open(
    _ options: TextOptions, root: String, classes: [String]
  ) throws -> ModalityData {
    func manifest(_ paths: [String]) throws -> Manifest {
      try Manifest.load(paths: paths, root: root, classes: classes, column: .text)
    }
    let train = try manifest(options.train)
    let vocabulary = Vocabulary(
      of: train.rows.map(\.value), limit: options.vocabulary, minimumCount: options.minimumCount,
      ignoresCase: options.ignoresCase)
    guard !vocabulary.words.isEmpty else {
      throw FileError(
        train.rows.first?.file ?? "text",
        "holds no word \(counted(options.minimumCount, "time")) or more, so that there is nothing"
          + " to learn from; \(options.minimumCount > 1 ? "lower minimum_count or " : "")give other"
          + " texts")
    }
    let source = try TextSource(train, vocabulary, length: options.length)
    let test = options.test.isEmpty ? nil : try manifest(options.test)
    return ModalityData(
      train: source,
      test: try test.map { try TextSource($0, vocabulary, length: options.length) }
        ?? EmptySource(sampleShape: source.sampleShape),
      warnings: [
        WordCoverage(of: train, by: vocabulary).warning(of: .training),
        test.flatMap { WordCoverage(of: $0, by: vocabulary).warning(of: .test) },
      ].compactMap(\.self))
  }

  private init(_ manifest: Manifest, _ vocabulary: Vocabulary, length: Int) throws {
    precondition(length > 0)
    ids = manifest.rows.map(\.id)
    labels = manifest.rows.map(\.label)
    tokens = try manifest.rows.map { row in
      try LongWork.step()
      return Array(vocabulary.tokens(of: row.value).prefix(length))
    }
    self.vocabulary = vocabulary
    self.length = length
  }

  /// A number for each word that a text has.
  public var heldByteCount: Int { tokens.reduce(0) { $0 + $1.count * MemoryLayout<Int>.stride } }

  /// Writes the numbers of sample `index`.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    for place in 0..<length {
      destination[place] = Float(
        place < tokens[index].count ? tokens[index][place] : Vocabulary.padding)
    }
  }
}
