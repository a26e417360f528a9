import ArgumentParser
import Foundation
import Preparers
import Runs
import Storage

/// `antiphon prepare`: manifests and splits of a published set. It needs no ranks.
struct PrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Looks at a published data set and writes its manifests and splits.",
    discussion: """
      Nothing is downloaded. What is missing or broken is counted and left out. docs/data-sets.md says \
      what each set must look like.

      \(Usage.statuses)
      """,
    subcommands: [
      PrepareCREMAD.self, PrepareKineticsSounds.self, PrepareFood101.self, PrepareMVSA.self,
      PrepareIEMOCAP.self,
    ])
}

/// Options for every set.
struct PrepareOptions: ParsableArguments {
  @Argument(help: .init("The folder of the set.", valueName: "dir"), completion: .directory)
  var folder: String

  @Option(
    help: .init("The folder for manifests and report, new or empty.", valueName: "out"),
    completion: .directory)
  var output: String?

  @Option(
    parsing: .upToNextOption,
    help: .init(
      "Lists that say what is in which part: authors' own, or a splits.csv written before.",
      valueName: "file"), completion: .file())
  var split: [String] = []

  @Flag(help: "Draws whole groups for the test part, so that nobody is in both.")
  var grouped = false

  @Option(help: .init("The seed of that draw (0).", valueName: "n"))
  var seed: UInt64?

  @Option(help: .init("The share of the groups that is drawn (0.2).", valueName: "share"))
  var testShare: Double?

  @Option(help: .init("The media that are wanted, as audio,video.", valueName: "list"))
  var media: String?

  @Option(
    help: .init("The classes that are wanted: a file with a name a line.", valueName: "file"),
    completion: .file())
  var classes: String?

  @Flag(help: "Leaves out samples that lack a medium, as the authors of MLA do.")
  var onlyComplete = false

  @Flag(help: "Writes absolute paths; else they start from the set's folder, data.root of the run.")
  var absolute = false

  @Flag(help: "Replaces the files of an earlier preparation in the output's folder.")
  var force = false

  @Flag(help: "Prints the report and writes nothing.")
  var dryRun = false

  func validate() throws {
    guard output != nil || dryRun else {
      throw ValidationError("--output says where manifests go; --dry-run writes none")
    }
    guard split.isEmpty || !grouped && seed == nil && testShare == nil else {
      throw ValidationError("--split excludes --grouped, --seed and --test-share")
    }
    if let testShare, !(testShare > 0 && testShare < 1) {
      throw ValidationError("--test-share: found \(testShare), expected a number between 0 and 1")
    }
  }

  /// How the set is split; nil: as is usual for it.
  ///
  /// - Parameter drawsAnyway: whether that is to draw whole groups.
  func rule(drawsAnyway: Bool) throws -> SplitRule? {
    guard split.isEmpty else { return .lists(split) }
    guard grouped || drawsAnyway else {
      guard seed == nil, testShare == nil else {
        throw ValidationError("--seed and --test-share need --grouped with this set")
      }
      return nil
    }
    return .groups(share: testShare ?? usualTestShare, seed: seed ?? 0)
  }

  /// The classes that are wanted; nil: all.
  func classNames() throws -> [String]? {
    try classes.map {
      try NamedPath.check($0, of: "--classes")
      return try ClassList.read($0)
    }
  }

  /// Reads the set, says what was found, and writes it down.
  func prepare(_ set: SetChoice, rule: SplitRule?) throws {
    try NamedPath.check(folder, of: "DIR")
    for path in split { try NamedPath.check(path, of: "--split") }
    if let output { try NamedPath.check(output, of: "--output") }
    // Before minutes go by.
    let place = try dryRun ? nil : output.map { try PreparationFolder($0, isForced: force) }
    var options = PreparationOptions()
    options.rule = rule
    options.media = try media.map(mediumList)
    options.isComplete = onlyComplete
    let preparation = try Preparation(set, in: folder, options: options)
    let report = preparation.report
    let console = Console()
    console.say("\(report.set) in \(report.folder)")
    report.remarks.forEach { console.say($0) }
    var table = TextTable(report.header)
    report.rows.forEach { table.add($0) }
    console.say("")
    console.say(table)
    if let fault = preparation.fault { throw fault }
    guard let place else { return }
    try preparation.write(to: place, isAbsolute: absolute)
    console.say("")
    console.say("manifests, classes.txt, splits.csv and report.json are in \(place.path)")
  }

  private func mediumList(_ text: String) throws -> [Medium] {
    try text.split(separator: ",").map { word in
      let name = word.trimmingCharacters(in: .whitespaces)
      guard let medium = Medium(rawValue: name) else {
        throw ValidationError(
          "--media: found '\(name)', expected \(Medium.allCases.map(\.rawValue).listed) with commas"
            + " between them")
      }
      return medium
    }
  }
}
