import Foundation
import Runs
import Storage

/// The folder of an experiment, which one process has at a time.
public struct ExperimentFolder {
  private let lock: FolderLock

  /// Takes the folder of a new experiment, or of one that goes on, and leaves there what was asked for.
  ///
  /// - Parameters:
  ///   - path: absolute.
  ///   - experiment: the file that describes it.
  ///   - overrides: what the command line says about it.
  /// - Throws: `RunError.occupied` where there is something else; `FileError` where another process has it.
  public init(_ path: String, experiment: String, overrides: [String]) throws {
    try ModelFiles.createFolder(path)
    let copy = "\(path)/experiment.yaml"
    let names = try ModelFiles.names(in: path).filter { $0 != FolderLock.fileName }
    guard names.isEmpty || names.contains("experiment.yaml") else { throw RunError.occupied(path) }
    lock = try FolderLock(path)
    let text = FileManager.default.contents(atPath: experiment) ?? Data()
    let said = overrides.map { "# --set \($0.onOneLine())\n" }.joined()
    try AtomicFile.write(Array(text) + Array(said.utf8), to: copy)
  }

  /// Gives the folder back.
  public func release() { lock.release() }
}
