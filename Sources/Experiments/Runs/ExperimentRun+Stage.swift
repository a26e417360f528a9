import Configuration
import Glibc
import Runs
import Storage

extension ExperimentRun {
  /// How far the run is.
  ///
  /// - Throws: `ExperimentError` where there is a run of another configuration in its folder.
  public func stage() throws -> RunDirectory.Stage {
    guard access(directory, F_OK) == 0 else { return .ahead }
    let run = try RunDirectory(existing: directory)
    guard access(run.configuration, F_OK) == 0 else { return .ahead }
    var found = try RunConfiguration.load(path: run.configuration)
    // How a run is laid out and kept changes no number, but for who multiplies.
    let products = found.execution.products
    (found.execution, found.checkpoint) = (configuration.execution, configuration.checkpoint)
    found.execution.products = products
    guard found == configuration else {
      let changes = try ConfigurationChanges(from: found.yaml, to: configuration)
      let differences = changes.another + changes.inexact + changes.free
      throw ExperimentError(
        "\(directory) is a run of another configuration (\(differences.joined(separator: "; "))); name another folder with --output, or remove that one"
      )
    }
    return run.stage(of: configuration)
  }
}

/// Why an experiment is not made, as one sentence.
public struct ExperimentError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// A reason.
  public init(_ description: String) { self.description = description }
}
