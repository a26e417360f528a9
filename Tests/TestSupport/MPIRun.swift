import MPI
import Subprocess

/// Runs the package's executables, alone or as ranks under mpirun, with a time limit.
public enum MPIRun {
  /// How a run ended and what it said.
  public struct Outcome: Sendable, CustomStringConvertible {
    /// The exit status; 128 + the signal's number where a signal ended it.
    public let status: Int
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String

    /// All of it, for a failing test to show.
    public var description: String { "status \(status)\n\(output)\n\(errors)" }
  }

  /// The status of a run under mpirun that took too long.
  public static let timedOut = 110

  /// Runs `executable` as a job of `ranks` ranks on this node.
  ///
  /// - Parameters:
  ///   - environment: beyond what is inherited and what `LaunchDefaults` sets.
  ///   - seconds: when the job is ended by force, with status `timedOut`.
  public static func ranks(
    _ ranks: Int, _ executable: String, _ arguments: [String] = [],
    environment: [String: String] = [:], timeout seconds: Int = 120, isQuiet: Bool = true
  ) async throws -> Outcome {
    let defaults = LaunchDefaults(rankCount: ranks, isQuiet: isQuiet)
    return try await outcome(
      of: "mpirun",
      defaults.arguments + ["--timeout", "\(seconds)", path(of: executable)] + arguments,
      environment: defaults.environment.merging(environment) { _, given in given })
  }

  /// Runs `executable` without mpirun; status 124 if it takes longer than `seconds`.
  public static func alone(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    timeout seconds: Int = 120
  ) async throws -> Outcome {
    try await outcome(
      of: "timeout", ["--kill-after=5", "\(seconds)", path(of: executable)] + arguments,
      environment: environment)
  }

  /// Where the build put `executable`: beside the bundle of the tests that run.
  public static func path(of executable: String) -> String {
    let bundle = CommandLine.arguments.first ?? ""
    guard let slash = bundle.lastIndex(of: "/") else { return executable }
    return bundle[...slash] + executable
  }

  private static func outcome(
    of program: String, _ arguments: [String], environment: [String: String]
  ) async throws -> Outcome {
    var changes: [Environment.Key: String?] = [:]
    for (name, value) in environment { changes[Environment.Key(stringLiteral: name)] = value }
    let result = try await run(
      .name(program), arguments: Arguments(arguments), environment: .inherit.updating(changes),
      input: .none, output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
    let status =
      switch result.terminationStatus {
      case .exited(let code): Int(code)
      case .signaled(let signal): 128 + Int(signal)
      }
    return Outcome(
      status: status, output: result.standardOutput, errors: result.standardError)
  }
}
