import ArgumentParser
import Configuration
import Exchange
import Experiments
import Foundation
import Glibc
import MPI
import Reports
import Runs
import Storage
import Tensors

/// `antiphon experiment`: every variant with every seed, each run a job of its own. It has no ranks itself;
/// ./launch calls it.
struct ExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Trains every variant with every seed, and makes tables of them.",
    discussion: """
      EXAMPLE: ./launch experiment examples/experiments/table3.yaml

      Started again, it goes on where it was. docs/experiments.md says how to write one, and how to read it.

      \(Usage.statuses)
      """)

  @Argument(
    help: .init("The experiment, a YAML file (docs/experiments.md).", valueName: "file.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides a key of the experiment, such as base or seeds, or of all its runs. May be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: .init(
      "The folder for runs and tables; runs/ and the file's name if not given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: .init(
      "Runs at the same time, each in one process; as many as there are cores if not given. Fewer where memory does not hold them.",
      valueName: "n"))
  var jobs: Int?

  @Flag(help: "Starts each run on ranks over MPI, one run after the other.")
  var ranks = false

  @Option(
    help: .init("With --ranks: a file that lists hosts, as mpirun takes it.", valueName: "file"),
    completion: .file())
  var hostfile: String?

  @Option(
    name: .customLong("mpi"), parsing: .unconditionalSingleValue,
    help: .init(
      "With --ranks: options handed to mpirun as they are. May be repeated.", valueName: "options"))
  var mpiOptions: [String] = []

  @OptionGroup var dryRun: DryRunOption

  func validate() throws {
    if let jobs, !(1...1_024).contains(jobs) {
      throw ValidationError("--jobs: found \(jobs), expected 1 to 1024")
    }
    guard ranks || hostfile == nil && mpiOptions.isEmpty else {
      throw ValidationError("--hostfile and --mpi need --ranks")
    }
    guard !ranks || jobs == nil else {
      throw ValidationError(
        "--jobs and --ranks exclude each other: runs over MPI follow each other")
    }
  }

  func run() throws {
    try NamedPath.check(file, of: "FILE")
    let description = try ExperimentDescription.load(path: file, overrides: overrides)
    guard let launch = ProcessInfo.processInfo.environment["ANTIPHON_LAUNCH"] else {
      throw RunError.noPath(
        what: "ANTIPHON_LAUNCH", found: "",
        problem: "where the script is that starts jobs; use ./launch experiment")
    }
    if let output { try NamedPath.check(output, of: "--output") }
    let folder = try (output ?? "runs/\(name)").absolutePath()
    let plan = ExperimentPlan(description, folder: folder)
    let console = Console()
    guard !dryRun.isAsked else { return try estimate(plan, launch, console) }
    let home = try ExperimentFolder(folder)
    defer { home.release() }
    let atOnce = try RunsAtOnce(plan, wanted: wanted)
    let runner = try ExperimentRunner(
      plan, starter: try starter(launch, "\(folder)/jobs", atOnce: atOnce.count),
      atOnce: atOnce.count
    ) { console.say($0) }
    try home.keep(file, overrides: overrides)
    console.startLogging(to: "\(folder)/log.txt")
    defer { console.stopLogging() }
    console.say(
      "\(name): \(Numerals.counted(plan.runs.count, "run", "runs")), \(runner.finishedCount) of them over, \(atOnce.count) at once"
    )
    if let note = atOnce.note { console.say(note) }
    let ended = Result { try runner.run() }
    // What is over is told even if not all of it is, and even if this process shall end.
    try LongWork.run(lookingUp: {}) {
      let report = ExperimentReport(
        try ExperimentFindings(plan, failures: runner.failures), name: name)
      say(report, on: console)
      try report.write()
      console.say(
        "tables (Markdown, LaTeX, CSV), runs.csv, results.json and pictures are in \(folder)")
      console.report(in: folder, by: ReportWriter.write(in:))
    }
    if case .failure(ExchangeError.interrupted) = ended {
      console.say("ended on request; the same command goes on where this one was")
    }
    try ended.get()
    guard runner.failures.count < plan.runs.count else {
      throw ExperimentError("all runs failed; what they said is in \(folder)/jobs")
    }
  }

  /// The name of the file, without its ending.
  private var name: String {
    URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
  }

  /// The runs at the same time that are asked for.
  private var wanted: Int { ranks ? 1 : jobs ?? MPIWorld.coreCount }

  private func starter(
    _ launch: String, _ folder: String, atOnce: Int
  ) throws -> LaunchedRuns {
    var words = ranks ? [] : ["--one-process"]
    if let hostfile { words += ["--hostfile", try hostfile.absolutePath()] }
    for options in mpiOptions { words += ["--mpi", options] }
    return LaunchedRuns(
      launch: launch, folder: folder, words: words,
      threads: ranks ? nil : max(1, MPIWorld.coreCount / atOnce))
  }

  private func estimate(_ plan: ExperimentPlan, _ launch: String, _ console: Console) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "antiphon-\(UUID().uuidString)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let atOnce = try RunsAtOnce(plan, wanted: wanted)
    let starter = try starter(launch, folder, atOnce: atOnce.count)
    let estimate = try RunEstimate(plan) { run in
      if console.isTerminal { console.update("an epoch of \(run.name)") }
      return try RunEstimate.timed(run, by: starter, in: folder)
    }
    console.say(estimate.table)
    console.say()
    console.say(
      "\(Numerals.counted(plan.runs.count, "run", "runs")), \(atOnce.count) at once: "
        + (estimate.seconds(atOnce: atOnce.count).map { "some \(Numerals.duration($0)) left" }
          ?? "time left unknown"))
    if let note = atOnce.note { console.say(note) }
    for row in estimate.rows {
      if let failure = row.failure { console.say("\(row.name) fails: \(failure)") }
    }
  }

  private func say(_ report: ExperimentReport, on console: Console) {
    for table in report.isEmpty ? [] : report.tables { console.say(table) }
    console.say()
    report.remarks.forEach { console.say($0) }
  }
}
