import ArgumentParser
import MPI
import Runs

/// What the launcher asks for: how to start another command. Not meant for people.
struct LauncherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launcher", abstract: "Prints how a command is started, for ./launch.",
    shouldDisplay: false,
    subcommands: [
      Train.self, Evaluate.self, Demo.self, Verify.self, Doctor.self, Rehearse.self,
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

  struct Train: ParsableCommand {
    static let configuration = TrainCommand.usage("./launch")
    @OptionGroup var options: TrainOptions
    @OptionGroup var start: StartOptions

    func run() throws { try options.plan(start.start).print() }
  }

  struct Evaluate: ParsableCommand {
    static let configuration = EvaluateCommand.usage("./launch")
    @OptionGroup var options: EvaluateOptions
    @OptionGroup var start: StartOptions

    func run() throws { try options.plan(start.start).print() }
  }

  struct Demo: ParsableCommand {
    static let configuration = DemoCommand.usage("./launch")
    @OptionGroup var options: DemoOptions
    @OptionGroup var start: StartOptions

    func run() throws { try options.plan(start.start).print() }
  }

  struct Verify: ParsableCommand {
    static let configuration = VerifyCommand.usage("./launch")
    @OptionGroup var options: VerifyOptions
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
