import Foundation
import Runs
import Storage

/// The folder of an experiment, which one process has at a time.
public struct ExperimentFolder {
  private let path: String
  private let lock: FolderLock

  /// Takes the folder of a new experiment, or of one that goes on.
  ///
  /// - Parameter path: absolute.
  /// - Throws: `RunError.occupied` where there is something else; `FileError` where another process has it.
  public init(_ path: String) throws {
    self.path = path
    try ModelFiles.createFolder(path)
    let names = try ModelFiles.names(in: path).filter { $0 != FolderLock.fileName }
    guard names.isEmpty || names.contains(Self.copy) else { throw RunError.occupied(path) }
    lock = try FolderLock(path)
  }

  private static let copy = "experiment.yaml"

  /// Leaves there what was asked for, once it is known that the runs which are there belong to it.
  ///
  /// - Parameters:
  ///   - experiment: the file that describes it.
  ///   - overrides: what the command line says about it.
  public func keep(_ experiment: String, overrides: [String]) throws {
    let text = FileManager.default.contents(atPath: experiment) ?? Data()
    let said = overrides.map { "# --set \($0.onOneLine())\n" }.joined()
    try AtomicFile.write(Array(text) + Array(said.utf8), to: "\(path)/\(Self.copy)")
  }

  /// Gives the folder back.
  public func release() { lock.release() }
}
