import ArgumentParser
import Runs

/// Options of `demo`.
struct DemoOptions: ParsableArguments {
  @Option(help: "The seed of the data, the weights and the shuffles.")
  var seed: UInt64 = 0

  @Option(help: "The folder for the runs; a new name below runs/ if not given.")
  var output: String?

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false
}

/// `antiphon demo`.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Shows modality laziness, and MLA without it, on made-up data.")

  @OptionGroup var options: DemoOptions

  func run() throws {
    guard !Invocation.isWorker else { return try RankProgram.serve("demo") }
    let (seed, output) = (options.seed, options.output)
    try RankProgram.run(
      "demo", ranks: DemoJob.configuration(seed: seed).rankCount,
      inOneProcess: options.oneProcess, threads: 1
    ) { endpoint, host in
      try DemoJob(endpoint: endpoint, host: host, console: Console()).run(
        seed: seed, in: RunDirectory(output: output, for: "demo"))
    }
  }
}
