import Storage
import Testing

@testable import Datasets

/// What `text` can be beside words in UTF-8.
@Suite struct TextKindTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(
    _ train: [UInt8], _ test: [UInt8]? = nil, _ change: (inout TextOptions) -> Void
  ) throws -> ModalityData {
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

  private func rows(_ texts: [String], column: String = "text") -> [UInt8] {
    let rows = texts.enumerated().map { "s\($0),\($0 % 2),\"\($1)\"\n" }
    return Array("id,label,\(column)\n\(rows.joined())".utf8)
  }

  // MARK: Characters

  @Test func `characters are composed scalars, and white space is one blank`() throws {
    func characters(_ text: String, ignoresCase: Bool = true) -> [String] {
      Vocabulary.split(text, into: .characters, ignoresCase: ignoresCase)
    }
    #expect(characters(" \u{597D} \t\n\u{770B}! ") == ["\u{597D}", " ", "\u{770B}", "!"])
    #expect(characters("E\u{301}A").map { $0.unicodeScalars.map(\.value) } == [[0xE9], [0x61]])
    #expect(characters("Aa", ignoresCase: false) == ["A", "a"])
    // A mark that composes with nothing, and a flag: scalars, not clusters.
    #expect(characters("x\u{325}\u{1F1EB}\u{1F1F7}").count == 4)
    #expect(characters("").isEmpty && characters(" \u{0} \n").isEmpty)
  }

  @Test func `texts of characters are read by the training characters`() throws {
    let data = try open(rows(["abab", "b c"]), rows(["cxb"])) { $0.tokens = .characters }
    // b 2, a 3, then the blank and c by their scalars.
    #expect(data.tokenCount == 6)
    #expect(try tokens(data.train, 0) == [3, 2, 3, 2])
    #expect(try tokens(data.train, 1) == [2, 4, 5, 0])
    #expect(try tokens(data.test, 0) == [5, 1, 2, 0])
    let odd = try open(rows(["abab"]), rows(["\u{44F}\u{44F}a"])) { $0.tokens = .characters }
    #expect(
      odd.warnings == [
        "67 % of the characters of the test texts are unknown, such as '\u{44F}', and 0 % of these texts have no known character at all; they should have the language and the script of the training texts"
      ])
  }

  @Test func `what models save tells words, characters and their order apart`() {
    func vocabulary(_ texts: [String], _ unit: Vocabulary.Unit) -> Vocabulary {
      Vocabulary(of: texts, unit: unit, limit: 99, minimumCount: 1, ignoresCase: true)
    }
    #expect(vocabulary(["b a b"], .words).identity == "b a")
    #expect(vocabulary(["bab"], .characters).identity == "characters ba")
    let (one, other) = (vocabulary(["b a b"], .words), vocabulary(["a c a b"], .words))
    #expect(
      other.difference(from: one.identity)
        == "the weights know 2 words, but the training texts now give other ones (3); give the training files and text options of the saved run"
    )
    let characters = vocabulary(["\u{301}"], .characters)
    #expect(characters.difference(from: characters.identity).contains("know 1 characters"))
  }

  // MARK: Word pieces

  private let pieces = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\n##ness\nfilm\n"

  @Test func `word pieces are padded with the first line's number`() throws {
    try folder.write(pieces, "vocab.txt")
    let data = try open(rows(["Goodness film", "film"]), rows(["bad film"])) {
      ($0.tokens, $0.vocabularyFile, $0.addsSpecialTokens) = (.wordpiece, "vocab.txt", false)
    }
    #expect(data.tokenCount == 7)
    #expect(try tokens(data.train, 0) == [4, 5, 6, 0])
    #expect(try tokens(data.test, 0) == [1, 6, 0, 0])
    #expect(
      data.warnings == [
        "50 % of the words of the test texts are unknown, such as 'bad', and 0 % of these texts have no known word at all; vocabulary_file and ignore_case should be those of the texts' language and of the pretrained model"
      ])
    let ended = try open(rows(["Goodness film", ""])) {
      ($0.tokens, $0.vocabularyFile) = (.wordpiece, "vocab.txt")
    }
    #expect(try tokens(ended.train, 0) == [2, 4, 5, 3])
    #expect(try tokens(ended.train, 1) == [2, 3, 0, 0])
  }

  @Test func `what augmentation makes unknown is the vocabulary's own unknown, and no end`() throws
  {
    try folder.write("[PAD]\nfilm\n[UNK]\n[CLS]\n[SEP]\n", "vocab.txt")
    let data = try open(rows(["film film"])) {
      ($0.tokens, $0.vocabularyFile, $0.length) = (.wordpiece, "vocab.txt", 6)
    }
    let tokeniser = try #require(data.tokeniser)
    var options = AugmentationOptions()
    options.unknownWords = 1
    let augmentation = try Augmentation(
      options, sampleShape: [6], isText: true, unknown: tokeniser.unknown, ends: tokeniser.ends)
    var sample = try tokens(data.train, 0)
    #expect(sample == [3, 1, 1, 4, 0, 0])
    var room = sample.mutableSpan
    Augmenter(augmentation).change(&room, drawingFrom: .init(seed: 1, stream: "augment"))
    #expect(sample == [3, 2, 2, 4, 0, 0])
  }

  // MARK: Encodings and files

  /// "好看…" in GBK: BA C3, BF B4, A1 AD.
  private let chinese: [UInt8] = [0xBA, 0xC3, 0xBF, 0xB4, 0xA1, 0xAD]

  @Test func `GB 18030 is read where it is asked for, and never guessed elsewhere`() throws {
    let gbk = Array("id,label,text\na,0,".utf8) + chinese + Array("\nb,1,x\n".utf8)
    let read = try open(gbk) { ($0.tokens, $0.encoding) = (.characters, .gb18030) }
    let vocabulary = try #require(read.tokeniser as? Vocabulary)
    #expect(Set(vocabulary.words) == ["\u{597D}", "\u{770B}", "\u{2026}", "x"])
    let either = try open(gbk) { ($0.tokens, $0.encoding) = (.characters, .utf8OrGB18030) }
    #expect((either.tokeniser as? Vocabulary)?.words == vocabulary.words)
    // The two bytes of é in UTF-8 are a character of GBK, too: UTF-8 comes first.
    let both = Array("id,label,text\na,0,\u{e9}\n".utf8)
    let taken = try open(both) { ($0.tokens, $0.encoding) = (.characters, .utf8OrGB18030) }
    #expect((taken.tokeniser as? Vocabulary)?.words == ["\u{e9}"])
    let error = try #require(throws: FileError.self) { try open(gbk) { _ in } }
    #expect(error.place.hasSuffix("train.csv:2") && error.problem.contains("not UTF-8"))
  }

  @Test func `bytes that are neither are refused by line`() throws {
    let bad = Array("id,label,text\na,0,x\nb,1,".utf8) + [0xBA, 0xC3, 0xFF, 0x0A]
    for (encoding, problem) in [
      (.gb18030, "is not GB 18030 text"), (.utf8OrGB18030, "is neither UTF-8 nor GB 18030 text"),
    ] as [(TextEncoding, String)] {
      let error = try #require(throws: FileError.self) { try open(bad) { $0.encoding = encoding } }
      #expect(error.place.hasSuffix("train.csv:3") && error.problem.hasPrefix(problem), "\(error)")
    }
  }

  @Test func `each text may be a file of its own, in either encoding`() throws {
    try folder.write(chinese, "1.txt")
    try folder.write("\u{597D}\n", "2.txt")
    try folder.write("", "3.txt")
    let table = rows(["1.txt", "2.txt", "3.txt"], column: "path")
    let data = try open(table) {
      ($0.areFiles, $0.tokens, $0.encoding) = (true, .characters, .utf8OrGB18030)
    }
    #expect(try tokens(data.train, 0).filter { $0 != 0 }.count == 3)
    #expect(try tokens(data.train, 0)[0] == tokens(data.train, 1)[0])
    #expect(try tokens(data.train, 2) == [0, 0, 0, 0])
    for (name, bytes, problem) in [
      ("4.txt", nil, "no such file"), ("5.txt", [0xFF], "is not UTF-8 text"),
      (
        "6.txt", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8),
        "is a git-lfs pointer"
      ),
      ("7.txt", [UInt8](repeating: 0x20, count: (16 << 20) + 1), "has 16777217 bytes, expected at"),
    ] as [(String, [UInt8]?, String)] {
      if let bytes { try folder.write(bytes, name) }
      let error = try #require(throws: FileError.self) {
        try open(rows([name, "2.txt"], column: "path")) { $0.areFiles = true }
      }
      #expect(error.place.contains("/\(name)") && error.problem.hasPrefix(problem), "\(error)")
      #expect(error.problem.hasSuffix("train.csv:2)"), "\(error)")
    }
  }

  // MARK: Empty texts

  @Test func `texts without a token are kept, or the samples lack the modality`() throws {
    let (train, test) = (rows(["good", " ", "film", "!!"]), rows(["", "good"]))
    #expect(try open(train, test) { _ in }.train.ids == ["s0", "s1", "s2", "s3"])
    let data = try open(train, test) { $0.empty = .missing }
    #expect(data.train.ids == ["s0", "s2"] && data.train.labels == [0, 0])
    #expect(data.test.ids == ["s1"] && data.test.labels == [1])
    #expect(try tokens(data.train, 1) == [2, 0, 0, 0])
    #expect(
      data.warnings.suffix(2) == [
        "2 of 4 training texts have no token, so that these samples do not have this modality (empty: missing)",
        "1 of 2 test texts have no token, so that these samples do not have this modality (empty: missing)",
      ])
    try folder.write(pieces, "vocab.txt")
    // Special tokens alone are no text.
    let wordpiece: (inout TextOptions) -> Void = {
      ($0.tokens, $0.vocabularyFile, $0.empty) = (.wordpiece, "vocab.txt", .missing)
    }
    #expect(try open(train, test, wordpiece).train.ids == ["s0", "s2", "s3"])
    let nothing = try #require(throws: FileError.self) {
      try open(rows([" ", ""]), nil, wordpiece)
    }
    #expect(nothing.problem == "has only texts without a token, which empty: missing leaves out")
  }

  @Test func `groups go with the samples that stay`() throws {
    let table = Array("id,label,text,group\na,0,x,g\nb,1,,g\nc,1,y,h\n".utf8)
    #expect(try open(table) { $0.empty = .missing }.train.groups == ["g", "h"])
    #expect(try open(table) { _ in }.train.groups == ["g", "g", "h"])
  }
}
