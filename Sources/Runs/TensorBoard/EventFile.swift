import Foundation
import Glibc
import Schemas
import Storage
import SwiftProtobuf

/// A run's curves as TensorBoard reads them: records of events, a file for each time that the run goes on.
///
/// A record is the length of its event (8 bytes), a sum of these, the event, and a sum of it. A file that a
/// run begins which goes on says so at its first step: TensorBoard then forgets what files before it have of
/// that step and later ones, which were trained once more.
package final class EventFile {
  private let folder: String
  /// The epochs that files before this one speak of rightly; nil: there are none.
  private let kept: Int?
  private let makeFolder: () throws -> Void
  private var file: LineFile?

  /// Names of such files have this word, and TensorBoard looks for it.
  private static let prefix = "events.out.tfevents."

  /// A file in `folder`, which is made with the first epoch that it has.
  package init(in folder: String) {
    (self.folder, kept) = (folder, nil)
    makeFolder = { try ModelFiles.createFolder(folder) }
  }

  /// A file of a run. Where its folder is gone by its first epoch, nothing is made in its place.
  ///
  /// - Parameter kept: the epochs that were trained before, where a run goes on.
  init(of run: RunDirectory, after kept: Int? = nil) {
    (folder, self.kept) = (run.tensorboard, kept)
    makeFolder = {
      try ModelFiles.createFolder(
        RunDirectory.tensorboardName, belowRun: run.path, held: run.held)
    }
  }

  /// Appends the numbers of an epoch.
  ///
  /// - Parameters:
  ///   - line: as `metrics.jsonl` has it.
  ///   - time: seconds since 1970; nil: now.
  package func append(_ line: JSONValue, at time: Double? = nil) throws {
    let time = time ?? Date().timeIntervalSince1970
    let (step, scalars) = CurveScalars.of(line)
    let opened = try file ?? begin(at: time)
    file = opened
    var event = Tensorboard_Event()
    (event.wallTime, event.step) = (time, Int64(step))
    event.summary.value = scalars.map { tag, value in
      var entry = Tensorboard_Summary.Value()
      (entry.tag, entry.simpleValue) = (tag, Float(value))
      return entry
    }
    try opened.append(record: Self.record(event))
  }

  /// Makes the file, with what stands in front of its first epoch.
  private func begin(at time: Double) throws -> LineFile {
    try makeFolder()
    let taken = Set(try ModelFiles.names(in: folder))
    // Files are read in the order of their names.
    let name = (0...).lazy.map { "\(Self.prefix)\(Int(time) + $0).\(getpid())" }
      .first { name in !taken.contains { $0 == name } }
    let file = try LineFile(creating: "\(folder)/\(name ?? Self.prefix)")
    var version = Tensorboard_Event()
    (version.wallTime, version.fileVersion) = (time, "brain.Event:2")
    var records = try Self.record(version)
    if let kept {
      var start = Tensorboard_Event()
      (start.wallTime, start.step) = (time, Int64(kept + 1))
      start.sessionLog.status = .start
      records += try Self.record(start)
    }
    try file.append(record: records)
    return file
  }

  /// An event as a record.
  static func record(_ event: Tensorboard_Event) throws -> [UInt8] {
    let data: [UInt8] = try event.serializedBytes()
    let length = bytes(of: UInt64(data.count))
    return length + bytes(of: CRC32C.masked(length)) + data + bytes(of: CRC32C.masked(data))
  }

  private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Removes the files of a run that begins anew, and their folder.
  static func removeAll(in folder: String) {
    for name in (try? ModelFiles.names(in: folder)) ?? [] where name.hasPrefix(prefix) {
      unlink("\(folder)/\(name)")
    }
    rmdir(folder)
  }
}
