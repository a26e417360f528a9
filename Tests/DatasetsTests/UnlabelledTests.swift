import Foundation
import Storage
import TestSupport
import Tensors
import Testing

@testable import Datasets

/// Samples without labels, read piece by piece.
@Suite struct UnlabelledTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func read(_ source: any SampleSource, _ row: Int) throws -> [Float] {
    var sample = [Float](repeating: 0, count: source.sampleShape.elementCount)
    var room = sample.mutableSpan
    try source.read(row, into: &room)
    return sample
  }

  @Test func `rows come in any order from a file of several windows`() throws {
    // A window has 256 KiB: 32 rows of these.
    let (rows, width) = (100, 2048)
    let values = (0..<rows * width).map { Float($0 % 8191) - 7 }
    try NPYWriter.write(
      NPYWriter.bytes(values, shape: [rows, width / 2, 2]), to: scratch["x.npy"])
    let source = try ArrayRows(scratch["x.npy"], sampleShape: [width / 2, 2])
    #expect(source.ids == (0..<rows).map(String.init) && !source.hasWrittenIDs)
    #expect(source.heldByteCount == 1 << 18)
    for row in [0, 31, 32, 99, 98, 1] {
      #expect(try read(source, row) == Array(values[row * width..<(row + 1) * width]))
    }
  }

  @Test func `files that change, or are of another shape, are refused`() throws {
    let path = scratch["x.npy"]
    let bytes = NPYWriter.bytes((0..<12).map { Float($0) }, shape: [4, 3])
    try NPYWriter.write(bytes, to: path)
    #expect(
      throws: FileError(
        path, "has the shape [4, 3], expected [samples] and then [2], as in training")
    ) {
      try ArrayRows(path, sampleShape: [2])
    }
    #expect(throws: FileError(path, "has 4 rows, expected one sample; --data takes many")) {
      try ArrayRows(path, sampleShape: [3], isOne: true)
    }
    let source = try ArrayRows(path, sampleShape: [3])
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.truncate(atOffset: UInt64(bytes.count - 8))
    #expect(throws: FileError(path, "became shorter while it was read")) { try read(source, 0) }
    for count in [0, 5, 20, bytes.count - 1] {
      try NPYWriter.write(Array(bytes.prefix(count)), to: path)
      #expect(throws: FileError.self) { try ArrayRows(path, sampleShape: [3]) }
    }
  }

  @Test func `a folder's files have their paths as ids`() throws {
    for name in ["b/2.wav", "a.x.wav", "b/1", ".hidden"] { try scratch.write("x", to: "f/\(name)") }
    let items = try MediaListing.files(in: scratch["f"])
    #expect(items.map(\.id) == ["a.x", "b/1", "b/2"])
    try scratch.write("y", to: "f/b/2.flac")
    #expect(throws: FileError.self) { try MediaListing.files(in: scratch["f"]) }
  }

  @Test func `of a folder of pictures and sounds, each kind takes its own`() throws {
    for name in ["a.PNG", "a.wav", "b.jpeg", "b.flac", "notes.txt", "jpg"] {
      try scratch.write("x", to: "f/\(name)")
    }
    let pictures = try MediaListing.files(in: scratch["f"], endings: .pictures)
    #expect(pictures.map(\.path) == [scratch["f/a.PNG"], scratch["f/b.jpeg"]])
    #expect(pictures.map(\.id) == ["a", "b"])
    let sounds = try MediaListing.files(in: scratch["f"], endings: .sounds)
    #expect(sounds.map(\.path) == [scratch["f/a.wav"], scratch["f/b.flac"]])
    // Without any such ending the content says what they are.
    for name in ["1", "2.dat"] { try scratch.write("x", to: "g/\(name)") }
    #expect(try MediaListing.files(in: scratch["g"], endings: .pictures).map(\.id) == ["1", "2"])
  }

  @Test func `manifests need no labels, and do not look at them`() throws {
    try scratch.write("text,id,label\nred,1,nonsense\n,2,\n", to: "t.csv")
    let rows = try Manifest.load(
      paths: [scratch["t.csv"]], root: "", classes: nil, column: .text
    ).rows
    #expect(rows.map(\.id) == ["1", "2"] && rows.map(\.value) == ["red", ""])
  }

  @Test func `a tokeniser is made again of what was saved`() throws {
    var options = TextOptions()
    let texts = ["The d\u{e9}j\u{e0} vu \u{1f469}\u{200d}\u{1f33e} isn't", "the e\u{301}t\u{e9}"]
    for (tokens, unit) in [
      (TextOptions.Tokens.words, Vocabulary.Unit.words), (.characters, .characters),
    ] {
      options.tokens = tokens
      let made = Vocabulary(
        of: texts, unit: unit, limit: 99, minimumCount: 1, ignoresCase: true)
      let saved = SavedTokeniser(identity: made.identity, content: nil, place: "w")
      let again = try #require(try options.tokeniser(saved: saved))
      for text in texts {
        #expect(again.tokens(of: text, length: 99) == made.tokens(of: text, length: 99))
      }
      #expect(again.tokenCount == made.tokenCount)
    }
    options.tokens = .wordpiece
    let text = "\u{feff}[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nfox\r\n##es\r\n"
    try scratch.write(text, to: "vocab.txt")
    let made = try WordPiece(
      path: scratch["vocab.txt"], ignoresCase: true, addsSpecialTokens: true)
    let saved = SavedTokeniser(identity: made.identity, content: made.content, place: "w")
    let again = try #require(try options.tokeniser(saved: saved))
    #expect(again.tokens(of: "Foxes", length: 9) == made.tokens(of: "Foxes", length: 9))
    #expect(again.tokens(of: "Foxes", length: 9) == [2, 4, 5, 3])
    let other = SavedTokeniser(
      identity: made.identity, content: text.replacing("fox", with: "cat"), place: "w")
    #expect(throws: FileError.self) { try options.tokeniser(saved: other) }
    #expect(
      try options.tokeniser(saved: .init(identity: made.identity, content: nil, place: "w")) == nil)
  }
}
