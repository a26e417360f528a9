import Foundation
import Runs
import Storage
import TestSupport
import Testing

@testable import Reports

/// What is seen of runs in a terminal.
@Suite struct WatchTests {
  @Test func `a curve is dots of Braille, two across and four down in a character`() {
    let curve = TextCurves.Curve(name: "x", points: [(0, 0), (1, 1)], colour: 33)
    let lines = TextCurves([curve], width: 2, height: 2, x: 0...1, y: 0...1).lines
    // Four dots across and eight down, from the lowest on the left to the highest on the right: (0, 7) (0, 6)
    // (0, 5) (1, 4) in the lower line, (1, 3) | (2, 2) (2, 1) (3, 0) in the upper one.
    #expect(lines.map { $0.text(width: 80, hasColour: false) } == ["1 ⢀⠎ x", "0 ⡎⠀"])
    #expect(lines[0].parts.last?.colour == 33)
  }

  @Test func `a line is cut at the terminal's edge, colours not counted`() {
    let line = ScreenLine(parts: [("abc", 33), ("defgh", nil)])
    #expect(line.text(width: 5, hasColour: false) == "abcd…")
    #expect(line.text(width: 8, hasColour: true) == "\u{1B}[38;5;33mabc\u{1B}[0mdefgh")
  }

  @Test func `lines are read once, and again where the file was cut back`() throws {
    let scratch = try Scratch()
    try scratch.write("{\"epoch\":1}\n{\"epoch\":2}\n{\"ep", to: "m")
    var lines = FollowedLines(scratch["m"])
    #expect(lines.next().lines.compactMap { $0["epoch"]?.count } == [1, 2])
    #expect(lines.next().lines.isEmpty)
    try scratch.write("{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n", to: "m")
    #expect(lines.next().lines.compactMap { $0["epoch"]?.count } == [3])
    try scratch.write("{\"epoch\":1}\n", to: "m")
    let anew = lines.next()
    #expect(anew.isAnew && anew.lines.count == 1)
  }

  @Test func `a run is shown with curves, its last epoch and the time left`() throws {
    let scratch = try Scratch()
    var run = MadeUpRun()
    (run.epochs, run.isOver) = (3, false)
    try run.write(to: "run", in: scratch)
    try scratch.write("epoch 3/4 · loss\u{1B}[2J\n", to: "run/log.txt")
    let page = try Watcher(scratch["run"]).page(width: 100)
    let lines = page.split(separator: "\n").map(String.init)
    // One epoch is left, of 2 s.
    #expect(lines[0].contains("mla · epoch 3/4 · ") && lines[0].hasSuffix("ended before its time"))
    #expect(lines[0].contains("s left"))
    #expect(lines.contains("accuracy %, validation split"))
    #expect(lines.contains { $0.contains("sound") && $0.contains("30.00") })
    #expect(lines.last == "epoch 3/4 · loss\\u{1b}[2J")
    #expect(!page.unicodeScalars.contains("\u{1B}"))
  }

  @Test func `several runs have a line each, and the one that goes on is shown whole`() throws {
    let scratch = try Scratch()
    try MadeUpRun().write(to: "all/seed-1", in: scratch)
    var second = MadeUpRun()
    (second.seed, second.isOver, second.epochs) = (2, false, 1)
    try second.write(to: "all/seed-2", in: scratch)
    let lock = try FolderLock(scratch["all/seed-2"])
    defer { lock.release() }
    let lines = try Watcher(scratch["all"]).page(width: 120).split(separator: "\n")
    #expect(lines[0] == "2 runs, 1 over")
    #expect(lines[1].hasPrefix("seed-1") && lines[1].hasSuffix("over"))
    #expect(
      lines[2].hasPrefix("seed-2") && lines[2].contains(" 1/4") && lines[2].hasSuffix("goes on"))
    #expect(lines.contains { $0.contains("seed-2 · mla · epoch 1/4") })
  }
}
