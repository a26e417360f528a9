import ArgumentParser
import Runs
import Storage

/// `antiphon trace`: a picture of some cycles of a trace. It needs no ranks.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Draws some cycles of a trace that train --trace has written.",
    discussion: """
      The whole trace is for https://ui.perfetto.dev. docs/tracing.md says what is in it.

      \(Usage.statuses)
      """)

  @Argument(help: .init("The trace.", valueName: "file"), completion: .file())
  var file: String

  @Option(help: .init("The picture, an SVG file.", valueName: "out"), completion: .file())
  var svg: String

  @Option(
    help: .init(
      "Which cycles, counted from 0 through all epochs: 12, or 12-13; two in the middle if not given.",
      valueName: "a-b"))
  var cycles: String?

  func run() throws {
    try NamedPath.check(file, of: "FILE")
    try NamedPath.check(svg, of: "--svg")
    let output = try OutputFile(svg)
    try output.write(Array(Picture.ofTrace(file, cycles: range()).utf8))
  }

  func validate() throws { _ = try range() }

  private func range() throws -> ClosedRange<Int>? {
    guard let cycles else { return nil }
    let ends = cycles.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard 1...2 ~= ends.count, let first = ends[0], let last = ends[ends.count - 1], 0 <= first,
      first <= last
    else {
      throw ValidationError(
        "--cycles: found '\(cycles)', expected a number such as 12, or two such as 12-13")
    }
    return first...last
  }
}
