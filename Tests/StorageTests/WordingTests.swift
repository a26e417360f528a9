import Testing

@testable import Storage

/// What messages show of what others wrote.
@Suite struct WordingTests {
  @Test func `a sentence is one line, whatever the file is called`() {
    #expect(
      FileError("a\nb\u{1b}", "is \u{202e}odd").description == "a\\u{a}b\\u{1b}: is \\u{202e}odd")
    let long = FileError(String(repeating: "\r", count: 4000) + "end", "is odd").description
    #expect(long.utf8.count < 4100 && long.hasSuffix("\\u{d}end: is odd"))
    #expect(FileError("dir/ä b", "is empty").description == "dir/ä b: is empty")
  }

  @Test func `names are quoted without what spoils a line`() {
    #expect(quoted("a\u{1b}\n\"\u{202e}\u{2028}") == #""a\u{1B}\n\"\u{202E}\u{2028}""#)
    #expect(quoted(["a\nb", "c"]) == "'a\\u{a}b', 'c'")
    #expect("a\u{7f}\u{85}".legible() == "a\\u{7f}\\u{85}")
    #expect(String(repeating: "é", count: 61).legible() == String(repeating: "é", count: 60) + "…")
  }

  @Test func `the first line that is no text is found`() {
    func line(_ bytes: [UInt8]) -> Int { lineOfInvalidText(in: bytes) }
    #expect(line([0xff]) == 1 && line([10, 0xff, 10]) == 2 && line([97, 10, 97, 10, 0xff]) == 3)
    #expect(line([]) == 1 && line([10, 10]) == 1)
    #expect(lineOfInvalidText(in: [0xff, 10, 97, 10, 0xff][1...]) == 3)
  }
}
