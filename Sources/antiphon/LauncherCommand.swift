import ArgumentParser
import Configuration
import Foundation
import MPI
import Runs

/// What the launcher asks for: how to start another command. Not meant for people.
struct LauncherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launcher", abstract: "Prints how a command is started, for ./launch.",
    shouldDisplay: false,
    subcommands: [Train.self, Evaluate.self, Demo.self, Verify.self, Doctor.self])

  /// Options that are about starting, not about the command.
  struct StartOptions: ParsableArguments {
    @Option(help: "A file that lists hosts, as mpirun takes it.")
    var hostfile: String?

    @Option(
      name: .customLong("mpi"), parsing: .unconditionalSingleValue,
      help: "An option handed to mpirun as it is, such as --mpi '--mca btl_tcp_if_include eth0'.")
    var mpiOptions: [String] = []

    @Flag(help: "Say what would be started, and start nothing.")
    var dryRun = false

    /// mpirun, told to be quiet, would not say a word about it.
    func validate() throws {
      guard let hostfile, access(hostfile, R_OK) != 0 else { return }
      throw ValidationError("--hostfile: \(hostfile) cannot be read")
    }
  }

  struct Train: ParsableCommand {
    @OptionGroup var options: TrainOptions
    @OptionGroup var start: StartOptions

    func run() throws {
      let configuration = try options.load()
      let plan = LaunchPlan(
        ranks: configuration.rankCount, inOneProcess: options.oneProcess, start: start,
        threads: configuration.execution.threads)
      guard start.dryRun else { return try plan.print() }
      let console = Console()
      let dryRun = DryRun(configuration, mayLieElsewhere: start.hostfile != nil)
      console.say(dryRun.lines + [""])
      dryRun.warnings.forEach(console.warn)
      if !dryRun.warnings.isEmpty { console.say() }
      try plan.print()
      if let fault = dryRun.fault { throw fault }
    }
  }

  struct Evaluate: ParsableCommand {
    @OptionGroup var options: EvaluateOptions
    @OptionGroup var start: StartOptions

    func run() throws {
      let configuration = try options.load()
      try LaunchPlan(
        ranks: configuration.rankCount, inOneProcess: options.oneProcess, start: start,
        threads: configuration.execution.threads
      ).print()
    }
  }

  struct Demo: ParsableCommand {
    @OptionGroup var options: DemoOptions
    @OptionGroup var start: StartOptions

    func run() throws {
      try LaunchPlan(
        ranks: DemoJob.configuration(seed: 0).rankCount, inOneProcess: options.oneProcess,
        start: start, threads: 1
      ).print()
    }
  }

  struct Verify: ParsableCommand {
    @OptionGroup var options: VerifyOptions
    @OptionGroup var start: StartOptions

    func run() throws {
      try LaunchPlan(
        ranks: try options.rankCount(), inOneProcess: options.oneProcess, start: start, threads: 1
      ).print()
    }
  }

  struct Doctor: ParsableCommand {
    @OptionGroup var start: StartOptions

    func run() throws {
      try LaunchPlan(ranks: 2, inOneProcess: false, start: start, threads: nil).print()
    }
  }
}
