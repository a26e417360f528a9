import ArgumentParser
import Configuration
import Foundation
import Preparers
import Runs
import Storage

/// `antiphon init`: manifests, a split and a configuration of one's own data. It needs no ranks.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Looks at your own data and writes manifests, a split and a configuration.",
    discussion: """
      EXAMPLE: ./launch init photos --output first

      Understood are arrays (.npy, .npz) with labels; a folder of pictures, sounds or texts for each class; a table \
      (.csv) with texts and with columns that name files; media of several kinds that share their names. \
      docs/your-own-data.md shows each. Nothing is overwritten, and no file is moved.

      \(Usage.statuses)
      """)

  @Argument(
    help: .init("Folders, or files, with the data.", valueName: "path"), completion: .file())
  var paths: [String]

  @Option(
    help: .init("The folder for what is written, new or empty.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    help: .init(
      "Of a table, the column of the classes; the one that looks like it if not given.",
      valueName: "column"))
  var label: String?

  @Option(
    help: .init(
      "Of a table, the column that says what belongs together, such as a speaker; the one that is called so if not given.",
      valueName: "column"))
  var group: String?

  @Option(
    help: .init("The share that is drawn to test with (0.2).", valueName: "share"))
  var testShare = 0.2

  @Option(help: .init("The seed of that draw (0).", valueName: "n"))
  var seed: UInt64 = 0

  func validate() throws {
    guard testShare > 0, testShare < 1 else {
      throw ValidationError("--test-share: found \(testShare), expected a number between 0 and 1")
    }
  }

  func run() throws {
    for path in paths { try NamedPath.check(path, of: "PATH") }
    try NamedPath.check(output, of: "--output")
    // Before minutes go by.
    _ = try OwnData.free(output)
    var options = OwnData.Options()
    (options.label, options.group, options.testShare, options.seed) = (
      label, group, testShare, seed
    )
    let data = try OwnData(paths, options: options)
    let console = Console()
    say(data, on: console)
    let written = try data.write(
      to: output, schema: ConfigurationSchema.run.text(pretty: true))
    let file = "\(output)/\(OwnData.configurationName)"
    do {
      try rehearse(file, on: console)
    } catch {
      for path in written { unlink(path) }
      throw error
    }
    let next = [
      "", "written to \(output): \(OwnData.configurationName), with remarks, and manifests; next:",
      "  ./launch train \(Self.quoted(file)) --output \(Self.quoted("\(output)/run"))",
      "  ./launch evaluate \(Self.quoted("\(output)/run"))",
    ]
    next.forEach { console.say($0) }
  }

  private func say(_ data: OwnData, on console: Console) {
    var table = TextTable(OwnData.header)
    data.rows.forEach { table.add($0) }
    console.say(table)
    console.say("")
    ([data.classSentence, data.splitSentence] + data.remarks).forEach { console.say($0) }
    guard !data.leftOut.isEmpty else { return }
    console.warn(
      "\(data.leftOut.count == 1 ? "1 file is" : "\(data.leftOut.count) files are") of no use and left out:"
    )
    for file in data.leftOut.prefix(10) {
      console.say("  \(file.path.onOneLine()): \(file.problem)")
    }
    if data.leftOut.count > 10 { console.say("  … and \(data.leftOut.count - 10) more") }
  }

  /// What `train --dry-run` would say: the configuration is one that a run takes.
  private func rehearse(_ file: String, on console: Console) throws {
    let dryRun = try DryRun(.load(path: file), mayLieElsewhere: false)
    if let fault = dryRun.fault { throw fault }
    dryRun.warnings.forEach(console.warn)
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./".contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
