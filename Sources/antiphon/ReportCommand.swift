import ArgumentParser
import Reports
import Runs
import Storage

/// `antiphon report`: the page of a run, or of several beside each other, from what they have left. It needs no
/// ranks, and none of the data.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes the page that shows a run, or several beside each other, from their folders.",
    discussion: """
      EXAMPLE: ./launch report runs/first runs/second --output both.html

      Runs may be of other machines, and may be under way. docs/report.md says how to read the page.

      \(Usage.statuses)
      """)

  @Argument(
    help: .init("Folders of runs, or folders with runs in them.", valueName: "run"),
    completion: .directory)
  var runs: [String]

  @Option(
    help: .init(
      "The page; report.html in the folder if not given, which must be a single one.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  func validate() throws {
    guard runs.count == 1 || output != nil else {
      throw ValidationError(
        "--output: found none, expected the file of a page of \(runs.count) folders, such as --output report.html"
      )
    }
  }

  func run() throws {
    for run in runs { try NamedPath.check(run, of: "RUN") }
    if let output { try NamedPath.check(output, of: "--output") }
    let path = try output ?? RunDirectory(existing: runs[0]).report
    let page = try ReportWriter.page(of: runs)
    try OutputFile(path).write(Array(page.utf8))
    Console().say("the report is \(path)")
  }
}
