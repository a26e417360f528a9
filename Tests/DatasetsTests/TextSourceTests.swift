import Storage
import Testing

@testable import Datasets

@Suite struct TextSourceTests {
  private func vocabulary(
    _ texts: [String], limit: Int = 100, minimum: Int = 1, ignoresCase: Bool = true
  ) -> Vocabulary {
    Vocabulary(of: texts, limit: limit, minimumCount: minimum, ignoresCase: ignoresCase)
  }

  @Test func `words are letters, digits and inner apostrophes`() {
    let words = Vocabulary.split(
      "It's NOT 'bad': 3 stars\u{2014}na\u{EF}ve, don\u{2019}t! '' \u{65E5}\u{672C}",
      ignoresCase: true)
    #expect(
      words == ["it's", "not", "bad", "3", "stars", "na\u{EF}ve", "don't", "\u{65E5}\u{672C}"])
    #expect(Vocabulary.split(" ,;!\n ", ignoresCase: true).isEmpty)
    #expect(Vocabulary.split("A a", ignoresCase: false) == ["A", "a"])
  }

  @Test func `frequent words have low numbers, and equals their own order`() {
    let known = vocabulary(["b a c", "c b z", "c"])
    #expect(known.words == ["c", "b", "a", "z"] && known.tokenCount == 6)
    #expect(known.tokens(of: "Z c unheard b", length: 9) == [5, 2, 1, 3])
    #expect(vocabulary(["b a c", "c b z", "c"], limit: 4).words == ["c", "b"])
    #expect(vocabulary(["b a c", "c b z", "c"], minimum: 2).words == ["c", "b"])
    #expect(vocabulary(["a"], limit: 2).words.isEmpty)
  }

  private func open(
    _ train: String, _ test: String? = nil, _ change: (inout TextOptions) -> Void = { _ in }
  ) throws -> ModalityData {
    let folder = try TemporaryFolder()
    var options = TextOptions()
    (options.train, options.test) = (["train.csv"], test == nil ? [] : ["test.csv"])
    options.length = 4
    change(&options)
    try folder.write(train, "train.csv")
    if let test { try folder.write(test, "test.csv") }
    return try ModalityData.open(
      .text(options), root: folder.path, classes: ["no", "yes"], seed: 0)
  }

  private func tokens(_ source: any SampleSource, _ index: Int) throws -> [Float] {
    var values = [Float](repeating: -1, count: source.sampleShape.elementCount)
    var room = values.mutableSpan
    try source.read(index, into: &room)
    return values
  }

  @Test func `texts are cut, padded, and read by the training words`() throws {
    let data = try open(
      "id,text,label\n1,\"good, good film\",yes\n2,a b c d e f,0\n3,,1\n",
      "id,label,text\n7,1,GOOD news\n")
    #expect(data.train.ids == ["1", "2", "3"] && data.train.labels == [1, 0, 1])
    #expect(data.train.sampleShape == [4] && data.test.sampleShape == [4])
    // good 2; then a b c d e f film in order from 3.
    #expect(data.tokenCount == 10)
    #expect(try tokens(data.train, 0) == [2, 2, 9, 0])
    #expect(try tokens(data.train, 1) == [3, 4, 5, 6])
    #expect(try tokens(data.train, 2) == [0, 0, 0, 0])
    #expect(try tokens(data.test, 0) == [2, 1, 0, 0])
    #expect(try open("id,label,text\n1,0,x\n").test.ids.isEmpty)
  }

  private static let training = "id,label,text\n" + (0..<8).map { "\($0),0,a good film\n" }.joined()

  /// Test texts, and the shares that must be said of them; nil: nothing is to be said.
  @Test(
    arguments: [
      (["a film"], nil), (["good news", "a good day", "a"], nil),
      (["a film that bad"], ("50 %", "0 %")), (["b c d", "good"], ("75 %", "50 %")),
      (["\u{597D}\u{770B}\u{7684}\u{7535}\u{5F71}"], ("100 %", "100 %")),
      (["una pel\u{b7}l\u{ed}cula", "muy buena", "film"], ("83 %", "67 %")),
      (["good film", "!!", "a", ""], ("0 %", "50 %")), (["..."], ("0 %", "100 %")),
    ] as [([String], (String, String)?)])
  func `texts that the vocabulary does not know are warned of`(
    texts: [String], shares: (words: String, texts: String)?
  ) throws {
    let rows = texts.enumerated().map { "t\($0),0,\"\($1)\"\n" }.joined()
    let warnings = try open(Self.training, "id,label,text\n" + rows).warnings
    guard let shares else { return #expect(warnings == []) }
    try #require(warnings.count == 1)
    #expect(warnings[0].hasPrefix("\(shares.words) of the words of the test texts are unknown"))
    #expect(
      warnings[0].contains(", and \(shares.texts) of these texts have no known word at all; "))
  }

  @Test func `training texts that lose their words are warned of`() throws {
    let texts = "id,label,text\n1,0,one two\n2,1,three two\n3,1,four\n"
    #expect(try open(texts).warnings == [])
    let warnings = try open(texts) { $0.minimumCount = 2 }.warnings
    #expect(
      warnings == [
        "60 % of the words of the training texts are unknown, such as 'one', and 33 % of these texts have no known word at all; look at minimum_count and vocabulary, and whether there are blanks between the words"
      ])
  }

  @Test func `texts without words to learn from are refused`() throws {
    let error = try #require(throws: FileError.self) {
      try open("id,label,text\n1,0,rare words\n") { $0.minimumCount = 2 }
    }
    #expect(error.problem.hasSuffix("; lower minimum_count or give other texts"))
    #expect(error.problem.contains("2 times"))
    // One cannot be lowered.
    let none = try #require(throws: FileError.self) { try open("id,label,text\n1,0,...\n") }
    #expect(none.problem.hasSuffix("; give other texts"))
    let column = try #require(throws: FileError.self) { try open("id,label,path\n1,0,x\n") }
    #expect(column.problem.contains("no column 'text'"))
  }
}
