import ArgumentParser
import Configuration
import Foundation
import Runs
import Storage

/// Options of `train`.
struct TrainOptions: LaunchedOptions {
  @Argument(
    help: .init(
      "The configuration, a YAML file (docs/configuration.md).", valueName: "config.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var configuration: String?

  @Option(
    help: .init(
      "Goes on with the run in a folder, from its last checkpoint, in place of a configuration.",
      valueName: "run"), completion: .directory)
  var resume: String?

  @Flag(
    help: "With --resume: takes other data, seeds and processors, though other bits follow.")
  var allowInexact = false

  @Option(
    help: .init("The folder for the run; a new name below runs/ if not given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: .init(
      "Overrides one key of the configuration: path.to.key=value. May be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: .init("The seed; overrides the configuration's.", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: .init("Several seeds, as 1,2,3: a run each, and their means.", valueName: "n,n,n"))
  var seeds: String?

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init(
      "With --resume: goes on without a modality, which may come back later. May be repeated.",
      valueName: "modality"))
  var without: [String] = []

  @Option(
    help: .init(
      "Writes what every rank did, and when, to a file for Perfetto (docs/tracing.md).",
      valueName: "file"), completion: .file())
  var trace: String?

  @Flag(
    help: "Writes what every turn does to the other modalities to a file (docs/telemetry.md).")
  var telemetry = false

  @Flag(
    help:
      "Writes event files for TensorBoard into the run's folder, as epochs end (docs/export.md)."
  )
  var tensorboard = false

  @OptionGroup var automatic: AutomaticRanks

  func validate() throws {
    _ = try seedList()
    guard (configuration == nil) != (resume == nil) else {
      throw ValidationError(
        configuration == nil
          ? "name a configuration, or the run to go on with: --resume DIR"
          : "--resume goes on with the configuration of the run; leave \(configuration ?? "") out")
    }
    if resume == nil {
      guard without.isEmpty else { throw ValidationError("--without needs --resume") }
      guard !allowInexact else { throw ValidationError("--allow-inexact needs --resume") }
    } else {
      guard output == nil else { throw ValidationError("--resume and --output exclude each other") }
      guard seeds == nil else { throw ValidationError("--resume and --seeds exclude each other") }
    }
  }

  func plan(_ start: LaunchPlan.Start) throws -> LaunchPlan {
    var configuration = try load()
    var overrides: [String] = []
    if configuration.hasRanksToChoose, !oneProcess {
      let chosen = try automatic.choose(configuration, hostFile: start.hostFile)
      (configuration, overrides) = (chosen.configuration, chosen.overrides)
    }
    return LaunchPlan(
      ranks: configuration.rankCount, inOneProcess: oneProcess, start: start,
      threads: configuration.execution.threads, overrides: overrides,
      forecast: start.isDry
        ? try DryRun(configuration, mayLieElsewhere: start.hostFile != nil) : nil)
  }

  /// The configuration with everything that the command line says about it.
  func load() throws -> RunConfiguration {
    if let trace {
      try NamedPath.check(trace, of: "--trace")
      try OutputFile.check(trace)
    }
    var loaded = try RunConfiguration.load(path: file(), overrides: overrides)
    if let seed { loaded.seed = seed }
    if tensorboard { loaded.execution.writesTensorBoard = true }
    if telemetry { (loaded.execution.telemetryEvery, loaded.execution.recordsTurns) = (1, true) }
    return loaded
  }

  /// The configuration for ranks that stand already: `ranks: auto` can only be one of each there.
  func resolved() throws -> RunConfiguration {
    var loaded = try load()
    for place in loaded.modalities.indices where loaded.modalities[place].choosesRanks {
      guard oneProcess else {
        throw RunError.ranksNotChosen(modality: loaded.modalities[place].name)
      }
      loaded.modalities[place].choosesRanks = false
    }
    return loaded
  }

  /// The file of the configuration: the one named, or the run's own.
  private func file() throws -> String {
    if let resume {
      try NamedPath.check(resume, of: "--resume")
      return try RunDirectory(existing: resume).configuration
    }
    let configuration = configuration ?? ""
    try NamedPath.check(configuration, of: "CONFIG")
    return configuration
  }

  /// The seeds asked for; nil: one run with the configuration's.
  func seedList() throws -> [UInt64]? {
    guard let seeds else { return nil }
    guard seed == nil else { throw ValidationError("--seed and --seeds exclude each other") }
    let list = seeds.split(separator: ",", omittingEmptySubsequences: false).map {
      UInt64($0.trimmingCharacters(in: .whitespaces))
    }
    guard list.allSatisfy({ $0 != nil }), Set(list).count == list.count else {
      throw ValidationError(
        "--seeds: found '\(seeds)', expected different whole numbers with commas between them, such as 1,2,3"
      )
    }
    return list.compactMap { $0 }
  }
}

/// `antiphon train`.
struct TrainCommand: RankCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "train", of: program, "Trains what a configuration describes.",
      example: "train examples/lazy2.yaml --set epochs=20 --seeds 1,2,3 --output runs/first")
  }

  @OptionGroup var options: TrainOptions
  @OptionGroup var dryRun: DryRunOption

  func work() throws -> RankWork {
    let configuration = try options.resolved()
    let seeds = try options.seedList()
    let name = URL(fileURLWithPath: options.configuration ?? "").deletingPathExtension()
      .lastPathComponent
    let (output, resume, allowInexact) = (options.output, options.resume, options.allowInexact)
    let (without, trace) = (options.without, options.trace)
    return RankWork(configuration, inOneProcess: options.oneProcess) { job in
      try job.traced(to: trace, configuration) {
        if let resume {
          return try job.resume(
            configuration, in: RunDirectory(resuming: resume), without: without,
            allowsInexact: allowInexact)
        }
        let directory = try RunDirectory(output: output, for: name)
        if let seeds {
          try job.train(configuration, seeds: seeds, in: directory)
        } else {
          try job.train(configuration, in: directory)
        }
      }
    }
  }
}
