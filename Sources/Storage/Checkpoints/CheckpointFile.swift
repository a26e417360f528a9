import Glibc
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
    try Self.compare("\(folder)/\(name)", with: states, metadata: metadata)
  }

  /// Throws `FileError` where a file is not what was written to it.
  private static func compare(
    _ path: String, with states: [NamedState], metadata: [String: String]
  ) throws {
    let file = try open(path)
    func expect(_ bytes: RawSpan) throws {
      for start in stride(from: 0, to: bytes.byteCount, by: 1 << 20) {
        let piece = bytes.extracting(start..<min(start + 1 << 20, bytes.byteCount))
        let found = try file.next(piece.byteCount)
        let isSame = piece.withUnsafeBytes { expected in
          found.withUnsafeBytes { Self.isEqual($0, expected) }
        }
        guard isSame else {
          throw FileError(path, "is not what was written to it, right after that; check the disk")
        }
      }
    }
    try expect(SafeTensors.header(of: states, metadata: metadata).span.bytes)
    for state in states { try state.withBytes(expect) }
  }

  private static func isEqual(
    _ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer
  ) -> Bool {
    guard one.count == other.count else { return false }
    guard let first = one.baseAddress, let second = other.baseAddress else { return true }
    return memcmp(first, second, one.count) == 0
  }

  private static func open(_ path: String) throws -> ReadableFile {
    try ReadableFile(path) { FileError.reading(path, $0, other: "is no file of a checkpoint") }
  }

  /// Throws `FileError` where the file is not there, or is not what was written.
  public func check(in folder: String) throws {
    let path = "\(folder)/\(name)"
    let file = try Self.open(path)
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
}
