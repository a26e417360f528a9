import Configuration
import Foundation
import MLA
import TestSupport
import Testing

@testable import Runs

@Suite struct WordWrapTests {
  @Test(arguments: [
    ("short", 10, ["short"]),
    ("one two three four", 9, ["one two", "  three", "  four"]),
    ("  a list of words", 10, ["  a list", "    of", "    words"]),
    ("a  gap   stays", 14, ["a  gap   stays"]),
    (
      "see /a/long/path/that/has/no/blanks now", 12,
      ["see", "  /a/long/path/that/has/no/blanks", "  now"]
    ),
    ("文字 文字 文字", 9, ["文字 文字", "  文字"]),
    ("", 5, [""]),
  ])
  func `lines are broken between words`(line: String, width: Int, lines: [String]) {
    #expect(WordWrap.lines(line, width: width) == lines)
  }

  @Test func `what is updated in place is cut where the line ends`() {
    #expect(WordWrap.prefix("epoch 1/2", columns: 5) == "epoch")
    #expect(WordWrap.prefix("文字", columns: 3) == "文")
  }
}

@Suite struct TerminalTests {
  private func terminal(
    launcher: String? = nil, isRank: Bool = false, type: String? = "xterm", noColour: String? = nil,
    columns: Int? = nil
  ) -> Terminal {
    Terminal(
      launcher: launcher, isRank: isRank, type: type, noColour: noColour, columns: columns)
  }

  @Test func `a process that nobody launched asks the system`() {
    #expect(terminal(columns: 120).width == 120)
    #expect(terminal(columns: 120).hasColour)
    #expect(terminal(columns: 0).width == 80)
    #expect(terminal(columns: nil).width == nil)
    #expect(terminal(type: "dumb", columns: 120).width == nil)
    #expect(terminal(type: nil, columns: 120).width == nil)
  }

  @Test func `a rank believes its launcher, for mpirun gives every rank a terminal`() {
    #expect(terminal(isRank: true, columns: 80).width == nil)
    #expect(!terminal(isRank: true, columns: 80).hasColour)
    #expect(terminal(launcher: "132", isRank: true, type: nil, columns: 80).width == 132)
    #expect(terminal(launcher: "132", isRank: true).hasColour)
  }

  @Test(arguments: [("", true), ("1", false), ("0", false)])
  func `NO_COLOR forbids colours, if it is not empty`(value: String, hasColour: Bool) {
    #expect(terminal(launcher: "80", noColour: value).hasColour == hasColour)
    #expect(terminal(launcher: "80", noColour: value).width == 80)
  }

  @Test func `only the word in front has a colour, and only in a terminal`() {
    let text = "antiphon: error: 2 ranks cannot go on:\n  rank 1: an error: of data"
    #expect(
      terminal(columns: 200).dressed(text)
        == "\u{1B}[1;31mantiphon: error:\u{1B}[0m 2 ranks cannot go on:\n  rank 1: an error: of data"
    )
    #expect(terminal(noColour: "1", columns: 200).dressed(text) == text)
    #expect(terminal().dressed(text) == text)
    #expect(
      terminal(columns: 16).dressed("warning: one two three")
        == "\u{1B}[1;33mwarning:\u{1B}[0m one two\n  three")
  }
}

@Suite struct ConsoleTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// What a console shows of what `body` says, and what its log has.
  private func said(
    width: Int?, _ body: (Console) -> Void
  ) throws -> (shown: String, logged: String) {
    try scratch.write("", to: "shown")
    let file = open(scratch["shown"], O_WRONLY)
    let terminal = Terminal(
      launcher: width.map(String.init), isRank: true, type: "xterm", noColour: "1", columns: nil)
    let console = Console(terminal, descriptor: file)
    console.startLogging(to: scratch["log"])
    body(console)
    console.stopLogging()
    close(file)
    return (try #require(scratch.text("shown")), try #require(scratch.text("log")))
  }

  private static func table() -> TextTable {
    var table = TextTable(["name", "first", "second"])
    table.add(["x", "1", "2"])
    return table
  }

  @Test func `the log has lines as they are, the terminal as they fit`() throws {
    let narrow = try said(width: 14) { console in
      console.say("one two three four")
      console.say(Self.table())
    }
    #expect(
      narrow.shown == """
        one two three
          four
        name  first
        ----  -----
        x         1

        name  second
        ----  ------
        x          2

        """)
    let plain = "one two three four\n" + Self.table().lines.map { $0 + "\n" }.joined()
    #expect(narrow.logged == plain)
    #expect(
      try said(width: nil) {
        $0.say("one two three four"); $0.say(Self.table())
      }.shown == plain)
  }

  @Test func `of several runs only warnings are shown, each once and with its run`() throws {
    let result = try said(width: nil) { console in
      for seed in [1, 2] {
        (console.label, console.detail) = ("seed \(seed)", seed == 1 ? .opening : .warnings)
        console.say("opening \(seed)")
        console.endOpening()
        console.say("epoch")
        console.say("warning: this")
        console.say("warning: of seed \(seed)")
        console.say(Self.table())
      }
      (console.label, console.detail) = ("", .all)
      console.say("end")
    }
    #expect(
      result.shown == """
        opening 1
        warning: seed 1: this
        warning: seed 1: of seed 1
        warning: seed 2: of seed 2
        end

        """)
    #expect(result.logged.split(separator: "\n").filter { $0 == "epoch" }.count == 2)
    #expect(result.logged.contains("opening 2\n") && result.logged.contains("warning: this\n"))
  }
}

@Suite struct ShownFusionsTests {
  @Test func `fixed fusions have a row where weights were given, or where they were asked for`()
    throws
  {
    var run = SmallEvaluation.configuration
    func titles() throws -> [String] {
      try ResultTable.ofRun(SmallEvaluation.of([1, 0, 0, 9, 0, 9], [1, 0, 1, 0]), of: run).lines
        .filter { $0.hasPrefix("fused, fixed") }.map { String($0.prefix { $0 != " " }) }
    }
    #expect(try titles().isEmpty)
    #expect(ResultTable.shows("entropy_logits", run) && ResultTable.shows("joint", run))
    run.fusion.kind = .fixedProbabilities
    #expect(ResultTable.shows("fixed_probs", run) && !ResultTable.shows("fixed_logits", run))
    run.fusion.weights = [1, 2]
    #expect(try titles().count == 2)
  }
}
