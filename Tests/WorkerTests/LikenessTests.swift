import Datasets
import Exchange
import Tensors
import TestSupport
import Testing

@testable import Worker

/// Which samples a worker takes for alike.
@Suite struct LikenessTests {
  /// Rows of vectors, as data of two splits.
  private func data(_ train: [[Float]], _ test: [[Float]]) -> ModalityData {
    ModalityData(train: Rows(train), test: Rows(test))
  }

  private struct Rows: SampleSource {
    let rows: [[Float]]
    init(_ rows: [[Float]]) { self.rows = rows }
    var ids: [String] { rows.indices.map(String.init) }
    var labels: [Int] { rows.map { _ in 0 } }
    var sampleShape: Shape { [3] }
    func read(_ index: Int, into destination: inout MutableSpan<Float>) {
      for place in 0..<3 { destination[place] = rows[index][place] }
    }
  }

  @Test func `equal samples have equal numbers in both splits, and blank ones none`() throws {
    let found = try Likeness(
      of: data(
        [[1, 2, 3], [4, 5, 6], [1, 2, 3], [0, 0, 0]], [[4, 5, 6], [1, 2, 4], [7, 7, 7]]),
      loaders: 0)
    #expect(found == Likeness(contents: [0, 1, 0, -1, 1, 2, -1]))
  }

  @Test func `what crosses does not depend on what is in the samples`() throws {
    let one = try Likeness(of: data([[1, 2, 3], [4, 5, 6]], [[1, 2, 3]]), loaders: 0)
    let other = try Likeness(of: data([[9, 8, 8], [-1, 5, 6]], [[9, 8, 8]]), loaders: 0)
    #expect(one == other)
  }

  /// Texts in files, by words or characters, of which the last is the test text.
  private func likeness(_ texts: [String], tokens: TextOptions.Tokens = .words) throws -> Likeness {
    let scratch = try Scratch()
    func write(_ texts: some Collection<String>, _ name: String) throws {
      let rows = texts.enumerated().map { "\(name)\($0),0,\($1)\n" }.joined()
      try scratch.write("id,label,text\n" + rows, to: "\(name).csv")
    }
    try write(texts.dropLast(), "train")
    try write(texts.suffix(1), "test")
    var options = TextOptions()
    (options.train, options.test, options.tokens) = (["train.csv"], ["test.csv"], tokens)
    let data = try ModalityData.open(
      .text(options), root: scratch.path, classes: ["a", "b"], seed: 0)
    return try Likeness(of: data, loaders: 0)
  }

  @Test func `texts are compared by their words and pairs of words`() throws {
    let text = "a b c d e f g h i j k l"
    let found = try likeness([text, "yes no", "m n o p q r s t u v w x", "a b c d e F g h i j k z"])
    #expect(found.areTexts && found.contents == [0, -2, 1, 2])
    // Of 12 words and 11 pairs, a last word and its pair are others: 21 of 25.
    #expect(found.pairs == [.init(first: 0, second: 2, similarity: 21.0 / 25)])
  }

  @Test func `texts that share too little are not alike`() throws {
    // Two words within, which no training text has, are unknown, and their four pairs others: 17 of 28.
    let found = try likeness(["a b c d e f g h i j k l", "a b c y e f g h z j k l"])
    #expect(found.contents == [0, 1] && found.pairs.isEmpty)
  }

  @Test func `seven tenths are enough`() throws {
    // A last word and its pair are others: 11 of 15, and of one word fewer 9 of 13.
    let alike = try likeness(["a b c d e f g", "a b c d e f z"])
    #expect(alike.pairs == [.init(first: 0, second: 1, similarity: 11.0 / 15)])
    #expect(try likeness(["a b c d e f", "a b c d e z"]).pairs.isEmpty)
  }

  @Test func `texts of characters are compared by runs of five`() throws {
    let text = "the quick brown fox jumps over the lazy dog"
    let found = try likeness([text, "a text", text + "s"], tokens: .characters)
    #expect(found.contents == [0, -2, 1])
    // 43 characters have 39 runs, all different; one more character has one more run.
    #expect(found.pairs == [.init(first: 0, second: 1, similarity: 39.0 / 40)])
  }

  @Test func `of 200 pairs of similarity 0.77 none is missed`() throws {
    // 12 words and 11 pairs; one within, with both its pairs, is another: 20 of 26.
    let texts = (0..<200).map { number in (0..<12).map { "n\(number)w\($0)" } }
    let changed = texts.enumerated().map { number, words in
      var words = words
      words[1 + number % 10] = "other\(number)"
      return words
    }
    let found = try likeness((texts + changed).map { $0.joined(separator: " ") })
    #expect(found.pairs.map { [$0.first, $0.second] } == (0..<200).map { [$0, $0 + 200] })
    #expect(found.pairs.allSatisfy { $0.similarity == 20.0 / 26 })
  }
}
