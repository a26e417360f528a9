import ArgumentParser
import Configuration
import Foundation
import Runs

/// Options of `train`.
struct TrainOptions: ParsableArguments {
  @Argument(help: "The configuration, a YAML file (docs/configuration.md).")
  var configuration: String

  @Option(help: "The folder for the run; a new name below runs/ if not given.")
  var output: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: "Overrides one key of the configuration: path.to.key=value. May be repeated.")
  var overrides: [String] = []

  @Option(help: "The seed; overrides the configuration's.")
  var seed: UInt64?

  @Option(help: "Several seeds, as 1,2,3: a run each, and their means.")
  var seeds: String?

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  /// The configuration with everything that the command line says about it.
  func load() throws -> RunConfiguration {
    _ = try seedList()
    try NamedPath.check(configuration, of: "CONFIG")
    var loaded = try RunConfiguration.load(path: configuration, overrides: overrides)
    if let seed { loaded.seed = seed }
    return loaded
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
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains what a configuration describes.")

  @OptionGroup var options: TrainOptions

  func run() throws {
    guard !Invocation.isWorker else { return try RankProgram.serve("train") }
    let configuration = try options.load()
    let seeds = try options.seedList()
    let name = URL(fileURLWithPath: options.configuration).deletingPathExtension().lastPathComponent
    let output = options.output
    try RankProgram.run(
      "train", ranks: configuration.rankCount, inOneProcess: options.oneProcess,
      threads: configuration.execution.threads
    ) { endpoint, host in
      let job = TrainingJob(endpoint: endpoint, host: host, console: Console())
      let directory = try RunDirectory(output: output, for: name)
      if let seeds {
        try job.run(configuration, seeds: seeds, in: directory)
      } else {
        try job.run(configuration, in: directory)
      }
    }
  }
}
