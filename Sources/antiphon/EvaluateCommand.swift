import ArgumentParser
import Configuration
import Exchange
import MLA
import Runs
import Storage

/// Options of `evaluate`.
struct EvaluateOptions: ConfiguredOptions {
  @Argument(help: "The folder of a run.", completion: .directory)
  var run: String

  @Option(help: .init("The split: test or validation.", valueName: "split"))
  var split: EvaluatedSplit = .test

  @Option(
    help: .init(
      "The fusion named first, and used for --csv; the run's own if not given.", valueName: "kind"))
  var fusion: FusionKind?

  @Option(
    help: .init("Write every sample's prediction to this CSV file.", valueName: "file"),
    completion: .file())
  var csv: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the run's configuration, such as data.root=DIR. May be repeated.",
      valueName: "key=value"))
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
    return try RunConfiguration.saved(
      in: RunDirectory(existing: run), fusion: fusion, overrides: overrides)
  }
}

/// `antiphon evaluate`.
struct EvaluateCommand: RankCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "evaluate", of: program, "Evaluates the saved model of a run.",
      example: "evaluate runs/first --split validation --csv predictions.csv")
  }

  @OptionGroup var options: EvaluateOptions
  @OptionGroup var dryRun: DryRunOption

  func work() throws -> RankWork {
    let configuration = try options.load()
    let directory = try RunDirectory(existing: options.run)
    let (split, csv) = (options.split, options.csv)
    return RankWork(configuration, inOneProcess: options.oneProcess) { job in
      try job.evaluate(configuration, model: directory, split: split, csv: csv)
    }
  }
}

extension EvaluatedSplit: ExpressibleByArgument {}
extension FusionKind: ExpressibleByArgument {}
