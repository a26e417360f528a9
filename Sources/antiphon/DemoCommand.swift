import ArgumentParser
import Runs

/// Options of `demo`.
struct DemoOptions: ParsableArguments {
  @Option(help: .init("The seed of the data, the weights and the shuffles.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: .init("The folder for the runs; a new name below runs/ if not given.", valueName: "dir"))
  var output: String?

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  /// How the demo is started.
  func plan(_ start: LaunchPlan.Start) -> LaunchPlan {
    LaunchPlan(
      ranks: DemoJob.configuration(seed: 0).rankCount, inOneProcess: oneProcess, start: start,
      threads: 1)
  }
}

/// `antiphon demo`.
struct DemoCommand: ParsableCommand {
  static let configuration = usage("antiphon")

  /// What people read about the command, called `program` and its name.
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "demo", of: program, "Shows modality laziness, and MLA without it, on made-up data.",
      example: "demo --seed 1 --output runs/demo")
  }

  @OptionGroup var options: DemoOptions
  @OptionGroup var dryRun: DryRunOption

  func run() throws {
    guard !dryRun.isAsked else { return try dryRun.show(options.plan) }
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
