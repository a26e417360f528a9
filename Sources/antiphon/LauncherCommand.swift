import ArgumentParser
import Configuration
import MPI
import Runs

/// What the launcher asks for: how to start another command. Not meant for people.
struct LauncherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launcher", abstract: "Prints how a command is started, for ./launch.",
    shouldDisplay: false,
    subcommands: Commands.launched + ScriptCommands.all + [
      CommandList.self, Overview.self, NearName.self, Rehearse.self, Hosts.self,
    ])

  /// Options that are about starting, not about the command.
  struct StartOptions: ParsableArguments {
    @Option(
      help: .init("A file that lists hosts, as mpirun takes it.", valueName: "file"),
      completion: .file())
    var hostfile: String?

    @Option(
      name: .customLong("mpi"), parsing: .unconditionalSingleValue,
      help: .init(
        "Options handed to mpirun as they are, such as --mpi '--mca btl_tcp_if_include eth0'.",
        valueName: "options"))
    var mpiOptions: [String] = []

    @Option(
      help: .init(
        "Ends the job if its ranks have not met after so many seconds (60).", valueName: "n"))
    var startLimit: Int?

    @OptionGroup var dryRun: DryRunOption

    /// mpirun, told to be quiet, would not say a word about it.
    func validate() throws {
      do {
        _ = try hostfile.map { try HostFile(path: $0) }
      } catch {
        throw ValidationError("--hostfile: \(error)")
      }
      if let startLimit, startLimit < 1 {
        throw ValidationError("--start-limit: found \(startLimit), expected at least 1 second")
      }
      if let fault = MPIOptions.fault(in: words) { throw ValidationError("--mpi: \(fault)") }
    }

    /// How to start.
    var start: LaunchPlan.Start {
      LaunchPlan.Start(hostFile: hostfile, mpiOptions: words, isDry: dryRun.isAsked)
    }

    private var words: [String] {
      mpiOptions.flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    }
  }

  /// How a command is started, with the options that it has itself.
  struct Launch<Command: LaunchedCommand>: ParsableCommand {
    static var configuration: CommandConfiguration { Command.usage("./launch") }
    @OptionGroup var options: Command.Options
    @OptionGroup var restarts: Command.Restarts
    @OptionGroup var start: StartOptions

    func run() throws { try options.plan(start.start).print() }
  }

  struct Doctor: ParsableCommand {
    static let configuration = DoctorCommand.usage("./launch")
    @OptionGroup var network: NetworkOptions
    @OptionGroup var start: StartOptions

    func run() throws {
      let file = try start.hostfile.map { try HostFile(path: $0) }
      if let file, let path = start.hostfile {
        for line in Runs.Doctor.unknownHosts(file, path: path) { Usage.say(line, isFault: true) }
      }
      try DoctorCommand.plan(start.start, ranks: network.ranks(on: file)).print()
    }
  }

  /// The lines of a host file without some hosts, when ./launch starts a job again.
  struct Hosts: ParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)
    @Argument var file: String
    @Option var ranks: Int
    @Option(parsing: .unconditionalSingleValue) var without: [String] = []

    func run() throws {
      guard let lines = try HostFile(path: file).lines(without: Set(without), ranks: ranks) else {
        throw ExitCode(Failure.Status.badInput.rawValue)
      }
      lines.forEach { print($0) }
    }
  }

  /// Ranks that meet and part, when ./launch wants to know why a job could not start.
  struct Rehearse: ParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)

    func run() throws { try withMPI { _ in } }
  }
}

/// A command that ./launch starts on ranks.
protocol LaunchedCommand: StartedOnRanks {
  associatedtype Options: LaunchedOptions
  /// Whether ./launch may start it again by itself: `RestartOptions`, or `NoRestarts`.
  associatedtype Restarts: ParsableArguments = NoRestarts

  /// What its arguments say.
  var options: Options { get }
  /// What people read about the command, called `program` and its name.
  static func usage(_ program: String) -> CommandConfiguration
}

/// Of a job that may be started again by itself. ./launch reads it.
struct RestartOptions: ParsableArguments {
  @Option(
    help: .init(
      "How often ./launch goes on from the last checkpoint when the job dies of a fault.",
      valueName: "n"))
  var maxRestarts: Int?

  func validate() throws {
    guard let maxRestarts, maxRestarts < 0 else { return }
    throw ValidationError("--max-restarts: found \(maxRestarts), expected 0 or more")
  }
}

/// Of all others.
struct NoRestarts: ParsableArguments {}

extension TrainCommand { typealias Restarts = RestartOptions }

/// A command that rank 0 carries out while all others serve it.
protocol RankCommand: LaunchedCommand {
  /// Whether only to say what would be started.
  var dryRun: DryRunOption { get }
  /// What is to be done, by arguments and files that rank 0 alone reads.
  func work() throws -> RankWork
}

extension RankCommand {
  func run() throws { try runOnRanks() }

  /// Does the work on rank 0 while all others serve it, or says what would be started.
  func runOnRanks() throws {
    guard !dryRun.isAsked else { return try dryRun.show(options.plan) }
    let name = Self.usage("antiphon").commandName ?? ""
    guard !Invocation.isWorker else { return try RankProgram.serve(name) }
    try RankProgram.run(name, work())
  }
}

/// What such a command is told by its arguments.
protocol LaunchedOptions: ParsableArguments {
  /// How the command is started.
  func plan(_ start: LaunchPlan.Start) throws -> LaunchPlan
}

/// The options of a command whose ranks are those of a configuration.
protocol ConfiguredOptions: LaunchedOptions {
  /// Whether all ranks are inside one process.
  var oneProcess: Bool { get }
  /// The configuration with everything that the command line says about it.
  func load() throws -> RunConfiguration
}

extension ConfiguredOptions {
  func plan(_ start: LaunchPlan.Start) throws -> LaunchPlan {
    let configuration = try load()
    return LaunchPlan(
      ranks: configuration.rankCount, inOneProcess: oneProcess, start: start,
      threads: configuration.execution.threads)
  }
}

extension LaunchedCommand {
  static var configuration: CommandConfiguration { usage("antiphon") }
}
