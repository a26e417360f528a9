import MPI
import Runs

/// How this process was started, by its arguments and its environment.
enum Invocation {
  /// Whether this process is a rank of a job over MPI.
  ///
  /// What the environment says of ranks may be meant for others: a shell that a cluster's scheduler
  /// started hands it on to whatever is called in it.
  static let isRank =
    LaunchEnvironment.current.isLaunched && !isLauncher
    && !CommandLine.arguments.contains("--one-process")

  /// Whether ./launch asks.
  static var isLauncher: Bool {
    CommandLine.arguments.dropFirst().first == LauncherCommand.configuration.commandName
  }

  /// Whether this process is a rank that serves: known before MPI is initialised.
  static var isWorker: Bool { isRank && (LaunchEnvironment.current.rank ?? 0) != 0 }

  /// Throws where an argument is not UTF-8. Read as text, a path would be repaired: another one.
  static func checkText() throws {
    // Only the launcher hands the program's own path on.
    let first = isLauncher ? 0 : 1
    for position in first..<max(first, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[position] else { return }
      guard String(validatingCString: argument) == nil else { continue }
      let found = String(cString: argument)
      throw RunError.noPath(
        what: position == 0 ? "the program" : "argument \(position)", found: found,
        problem: "which is not UTF-8 text; rename the file or folder that it names")
    }
  }
}
