import ArgumentParser
import MPI
import Runs

/// What the launcher asks for: how to start another command. Not meant for people.
struct LauncherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launcher", abstract: "Prints how a command is started, for ./launch.",
    shouldDisplay: false,
    subcommands: [
      Launch<TrainCommand>.self, Launch<EvaluateCommand>.self, Launch<DemoCommand>.self,
      Launch<VerifyCommand>.self, Doctor.self, Rehearse.self,
    ])

  /// Options that are about starting, not about the command.
  struct StartOptions: ParsableArguments {
    @Option(help: .init("A file that lists hosts, as mpirun takes it.", valueName: "file"))
    var hostfile: String?

    @Option(
      name: .customLong("mpi"), parsing: .unconditionalSingleValue,
      help: .init(
        "Options handed to mpirun as they are, such as --mpi '--mca btl_tcp_if_include eth0'.",
        valueName: "options"))
    var mpiOptions: [String] = []

    @OptionGroup var dryRun: DryRunOption

    /// mpirun, told to be quiet, would not say a word about it.
    func validate() throws {
      do {
        _ = try hostfile.map { try HostFile(path: $0) }
      } catch {
        throw ValidationError("--hostfile: \(error)")
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
    @OptionGroup var start: StartOptions

    func run() throws { try options.plan(start.start).print() }
  }

  struct Doctor: ParsableCommand {
    static let configuration = DoctorCommand.usage("./launch")
    @OptionGroup var start: StartOptions

    func run() throws {
      if let path = start.hostfile {
        for line in Runs.Doctor.unknownHosts(try HostFile(path: path), path: path) {
          Usage.say(line, isFault: true)
        }
      }
      try DoctorCommand.plan(start.start).print()
    }
  }

  /// Ranks that meet and part, when ./launch wants to know why a job could not start.
  struct Rehearse: ParsableCommand {
    func run() throws { try withMPI { _ in } }
  }
}

/// A command that ./launch starts on ranks.
protocol LaunchedCommand: ParsableCommand {
  associatedtype Options: LaunchedOptions

  /// What its arguments say.
  var options: Options { get }
  /// What people read about the command, called `program` and its name.
  static func usage(_ program: String) -> CommandConfiguration
}

/// What such a command is told by its arguments.
protocol LaunchedOptions: ParsableArguments {
  /// How the command is started.
  func plan(_ start: LaunchPlan.Start) throws -> LaunchPlan
}

extension LaunchedCommand {
  static var configuration: CommandConfiguration { usage("antiphon") }
}
