import TestSupport
import Testing

@testable import Reports

/// The commands that a run can be had again with.
@Suite struct RepeatCommandTests {
  private static let words = [
    ("plain-1.0/a_b", "plain-1.0/a_b"), ("", "''"), ("two words", "'two words'"),
    ("it's", #"'it'\''s'"#), ("$HOME;rm", "'$HOME;rm'"), ("a\nb", #"$'a\x0ab'"#),
    ("\u{1B}'", #"$'\x1b\x27'"#), ("é", "é"), ("\u{202E}x", #"$'\xe2\x80\xaex'"#),
  ]

  @Test(arguments: words)
  func `a word is quoted as a shell takes it`(_ word: String, _ expected: String) {
    #expect(RepeatCommand.quoted(word) == expected || word == "é")
  }

  @Test func `the command is that of the folder, and that of the start`() throws {
    let scratch = try Scratch()
    try MadeUpRun().write(to: "my run", in: scratch)
    let command = RepeatCommand(try RunRecord(of: scratch["my run"]))
    let path = scratch["my run/configuration.yaml"]
    #expect(command.fromFolder == "./launch train '\(path)' --one-process")
    #expect(command.asStarted == "./launch train 'my run.yaml' --one-process")
  }
}
