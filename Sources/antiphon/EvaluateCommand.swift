import ArgumentParser
import Configuration
import Exchange
import MLA
import MPI
import Runs
import Storage

/// Options of `evaluate`.
struct EvaluateOptions: ParsableArguments {
  @Argument(help: "The folder of a run.")
  var run: String

  @Option(help: "The split: test or validation.")
  var split: EvaluatedSplit = .test

  @Option(help: "The fusion named first, and used for --csv; the run's own if not given.")
  var fusion: FusionKind?

  @Option(help: "Write every sample's prediction to this CSV file.")
  var csv: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: "Overrides one key of the run's configuration, such as data.root=DIR. May be repeated.")
  var overrides: [String] = []

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  /// The run's configuration with what the command line says about it.
  func load() throws -> RunConfiguration {
    try NamedPath.check(run, of: "RUN")
    if let csv {
      try NamedPath.check(csv, of: "--csv")
      try OutputFile.check(csv)
    }
    return try EvaluationJob.configuration(
      of: RunDirectory(existing: run), fusion: fusion, overrides: overrides)
  }
}

/// `antiphon evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluates the saved model of a run.")

  @OptionGroup var options: EvaluateOptions

  func run() throws {
    guard !Invocation.isWorker else {
      return try RankProgram.serve("evaluate")
    }
    let configuration = try options.load()
    let directory = try RunDirectory(existing: options.run)
    let (split, csv) = (options.split, options.csv)
    try RankProgram.run(
      "evaluate", ranks: configuration.rankCount, inOneProcess: options.oneProcess,
      threads: configuration.execution.threads
    ) { endpoint, host in
      let job = EvaluationJob(endpoint: endpoint, host: host, console: Console())
      try job.run(configuration, model: directory, split: split, csv: csv)
    }
  }
}

extension EvaluatedSplit: ExpressibleByArgument {}
extension FusionKind: ExpressibleByArgument {}

extension RunConfiguration {
  /// The number of ranks that a run needs.
  var rankCount: Int { RankLayout(ranksPerModality: modalities.map(\.ranks)).size }
}
