import Tensors

/// A file of a checkpoint, as its manifest knows it.
public struct CheckpointFile: Sendable, Equatable {
  /// Its name in the checkpoint's folder.
  public let name: String
  /// Its bytes.
  public let byteCount: Int
  /// SHA-256 of all of them, in hexadecimal.
  public let sha256: String

  /// A file of which this is known.
  public init(name: String, byteCount: Int, sha256: String) {
    (self.name, self.byteCount, self.sha256) = (name, byteCount, sha256)
  }

  /// Writes the values that `states` have now to a file of a folder that is there, and reads them back
  /// to see that they arrived.
  public init(
    writing states: [NamedState], metadata: [String: String], to folder: String, named name: String
  ) throws {
    var digest = SHA256()
    var byteCount = 0
    try SafeTensors.write(states, metadata: metadata, to: "\(folder)/\(name)") { bytes in
      try digest.updateStepwise(bytes)
      byteCount += bytes.byteCount
    }
    self.init(name: name, byteCount: byteCount, sha256: digest.hex)
    try check(in: folder)
  }

  /// Throws `FileError` where the file is not there, or is not what was written.
  public func check(in folder: String) throws {
    let path = "\(folder)/\(name)"
    let file = try ReadableFile(path) { Self.error(path, $0) }
    guard file.byteCount == byteCount else {
      throw FileError(
        path, "is damaged: it has \(file.byteCount) bytes, but \(byteCount) were written")
    }
    var digest = SHA256()
    while case let piece = try file.next(1 << 20), !piece.isEmpty {
      digest.update(piece.span.bytes)
    }
    guard digest.hex == sha256 else {
      throw FileError(path, "is damaged: its bytes are not those that were written")
    }
  }

  private static func error(_ path: String, _ problem: ReadingProblem) -> FileError {
    switch problem {
    case .unopened(let code): .system(path, "cannot be opened", code)
    case .unexamined(let code): .system(path, "cannot be examined", code)
    case .folder, .special, .tooLarge: FileError(path, "is no file of a checkpoint")
    case .unread(let code): .system(path, "cannot be read", code)
    case .shrunk: FileError(path, "became shorter while it was read")
    }
  }
}
