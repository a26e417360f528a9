import Glibc
import Storage
import Tensors

/// The folder that an export writes: new, or empty. Nothing is ever overwritten.
public struct ExportFolder {
  /// Where it is, as the user names it.
  public let path: String

  /// Makes the folder at `path`, or takes the empty one that is there.
  ///
  /// - Throws: `FileError` where something is in it, or it cannot be made.
  public init(_ path: String) throws {
    self.path = path
    try ModelFiles.createFolder(path)
    guard try ModelFiles.names(in: path).isEmpty else {
      throw FileError(path, "is not empty; an export overwrites nothing, so name a new folder")
    }
  }

  /// Makes a folder below it.
  func makeFolder(_ name: String) throws { try ModelFiles.createFolder("\(path)/\(name)") }

  func write(_ text: String, to name: String) throws {
    try AtomicFile.write(Array(text.utf8), to: "\(path)/\(name)")
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try AtomicFile.write(bytes, to: "\(path)/\(name)")
  }

  func write(_ tensors: [NamedState], metadata: [String: String] = [:], to name: String) throws {
    try SafeTensors.write(tensors, metadata: metadata, to: "\(path)/\(name)")
  }
}
