import Configuration
import Coordinator
import Storage

/// `telemetry.jsonl`: a line for each measured turn.
final class TurnFile {
  private let file: LineFile
  private let names: [String]

  /// The file of a run; nil: its turns are not asked for.
  ///
  /// - Parameter position: where a run goes on: lines of later turns go; nil: it begins.
  /// - Throws: where it cannot be written.
  init?(
    _ configuration: RunConfiguration, in directory: RunDirectory, continuing position: RunPosition?
  ) throws {
    guard configuration.execution.recordsTurns else { return nil }
    names = configuration.modalities.map(\.name)
    let path = directory.telemetry
    if let position {
      file = try LineFile(
        continuing: path, after: RunHistory.keptTelemetry(path, before: position))
    } else {
      file = try LineFile(creating: path)
    }
  }

  /// Appends a turn.
  func append(_ turn: TurnInterference) throws {
    try file.append(InterferenceRecords.turn(turn, names: names).text(pretty: false))
  }

  /// Writes what did not fit before.
  func flush() throws { try file.flush() }
}
