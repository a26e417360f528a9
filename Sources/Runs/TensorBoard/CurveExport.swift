import Foundation
import Storage

/// Event files for TensorBoard of a run that has left its `metrics.jsonl`.
public enum CurveExport {
  /// What was written.
  public struct Written {
    /// The folder of the event file.
    public let path: String
    /// The epochs that it has.
    public let epochCount: Int
  }

  /// A run of a million epochs has less.
  private static let largest = 4 << 30

  /// Writes the numbers of all epochs of `run` into a new folder.
  ///
  /// - Throws: `FileError` where the folder holds something, or `RunError.unreadable` where a line of the
  ///   metrics is none that a run writes.
  public static func write(_ run: RunDirectory, to folder: String) throws -> Written {
    let path = run.metrics
    let file = try ReadableFile(path) {
      FileError.reading(path, $0, other: "is a folder or a device, expected the metrics of a run")
    }
    guard file.byteCount <= largest else {
      throw RunError.unreadable(
        file: path, problem: "has more than 4 GiB, expected a line an epoch")
    }
    let lines = try file.take(file.byteCount).split(separator: UInt8(ascii: "\n"))
    let values = try lines.enumerated().map { place, line -> JSONValue in
      guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line)),
        case .object(let members) = value, case .integer(let epoch)? = members["epoch"], epoch > 0
      else {
        throw RunError.unreadable(
          file: "\(path):\(place + 1)", problem: "is no line of an epoch; put it back from a copy")
      }
      return value
    }
    guard !values.isEmpty else {
      throw RunError.unreadable(file: path, problem: "has no epoch yet; train on, and export then")
    }
    try ModelFiles.createFolder(folder)
    guard try ModelFiles.names(in: folder).isEmpty else {
      throw FileError(
        folder, "is not empty; an export overwrites nothing, so name a new folder with --output")
    }
    let events = EventFile(in: folder)
    let now = Date().timeIntervalSince1970
    for value in values { try events.append(value, at: now) }
    return Written(path: folder, epochCount: values.count)
  }
}
