import ArgumentParser

/// The commands of the program, in the order in which they are listed.
///
/// **A new command is one line here.** `./launch` asks for this list: a `LaunchedCommand` is started on ranks, every
/// other command speaks for itself. Help, completions and the manual follow from the commands' own options.
enum Commands {
  static let all: [any ParsableCommand.Type] = [
    DemoCommand.self, InitCommand.self, TrainCommand.self, EvaluateCommand.self,
    PredictCommand.self, ReportCommand.self, WatchCommand.self, ExportCommand.self,
    ExperimentCommand.self, AuditCommand.self, PrepareCommand.self, ProfileCommand.self,
    PlanCommand.self, ScaleCommand.self, TraceCommand.self, VerifyCommand.self,
    CyclesCommand.self, DoctorCommand.self, SchemaCommand.self, CompletionsCommand.self,
    ManualCommand.self,
  ]

  /// The same commands as `./launch` asks for them.
  static let launched = all.map(launched)

  private static func launched(_ command: any ParsableCommand.Type) -> any ParsableCommand.Type {
    (command as? any StartedOnRanks.Type)?.launcher ?? command
  }

  /// The name of each command.
  static var names: [String] { all.map { $0.configuration.commandName ?? "" } }

  /// A line for each command: how `./launch` starts it, and its name.
  static var lines: [String] {
    zip(all, names).map { "\($0 is any StartedOnRanks.Type ? "ranks" : "alone") \($1)" }
  }
}

/// A command that `./launch` starts on ranks.
protocol StartedOnRanks: ParsableCommand {
  /// The command that tells `./launch` how.
  static var launcher: any ParsableCommand.Type { get }
}

extension LaunchedCommand {
  static var launcher: any ParsableCommand.Type { LauncherCommand.Launch<Self>.self }
}

extension DoctorCommand: StartedOnRanks {
  static var launcher: any ParsableCommand.Type { LauncherCommand.Doctor.self }
}
