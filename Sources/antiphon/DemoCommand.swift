import ArgumentParser
import Configuration
import Runs

/// Options of `demo`.
struct DemoOptions: LaunchedOptions {
  @Option(help: .init("The seed of the data, the weights and the shuffles.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: .init("The folder for the runs; a new name below runs/ if not given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Run all ranks inside this process, one after the other, without MPI.")
  var oneProcess = false

  func plan(_ start: LaunchPlan.Start) -> LaunchPlan {
    LaunchPlan(
      ranks: RunConfiguration.demo(seed: 0).rankCount, inOneProcess: oneProcess, start: start,
      threads: 1)
  }
}

/// `antiphon demo`.
struct DemoCommand: RankCommand {
  static func usage(_ program: String) -> CommandConfiguration {
    Usage.command(
      "demo", of: program, "Shows modality laziness, and MLA without it, on made-up data.",
      example: "demo --seed 1 --output runs/demo")
  }

  @OptionGroup var options: DemoOptions
  @OptionGroup var dryRun: DryRunOption

  func work() -> RankWork {
    let (seed, output) = (options.seed, options.output)
    return RankWork(
      JobRanks(
        RunConfiguration.demo(seed: seed).rankCount, inOneProcess: options.oneProcess, threads: 1)
    ) { job in
      try job.demonstrate(seed: seed, in: RunDirectory(output: output, for: "demo"))
    }
  }
}
