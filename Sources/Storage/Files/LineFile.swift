import Glibc

/// A file that grows by whole lines, or records of another form. One that does not fit on the disk leaves
/// nothing behind, and is written before the next, once there is room.
public final class LineFile {
  private let file: FileDescriptor
  private var byteCount = 0
  /// What did not fit.
  private var waiting: [UInt8] = []

  /// An empty file at `path`, in place of what was there.
  public init(creating path: String) throws {
    file = try FileDescriptor(
      opening: path, as: path, "cannot be created", flags: O_WRONLY | O_CREAT | O_TRUNC,
      mode: 0o666)
  }

  /// The file at `path` without what comes after its first `byteCount` bytes.
  public init(continuing path: String, after byteCount: Int) throws {
    file = try FileDescriptor(
      opening: path, as: path, "cannot be opened", flags: O_WRONLY | O_CREAT, mode: 0o666)
    guard ftruncate(file.raw, byteCount) == 0, lseek(file.raw, byteCount, SEEK_SET) == byteCount
    else { throw FileError.system(path, "cannot be cut back", errno) }
    self.byteCount = byteCount
  }

  /// Appends a line and its end, after what did not fit before.
  public func append(_ line: String) throws { try append(record: Array((line + "\n").utf8)) }

  /// Appends bytes as they are, after what did not fit before.
  public func append(record: [UInt8]) throws {
    waiting += record
    try flush()
  }

  /// Writes what did not fit before.
  public func flush() throws {
    guard !waiting.isEmpty else { return }
    let code = Descriptors.write(waiting.span.bytes, to: file.raw)
    guard code == 0 else {
      // The next line begins where this one would have.
      if ftruncate(file.raw, byteCount) == 0 { lseek(file.raw, byteCount, SEEK_SET) }
      throw FileError.system(file.place, "a line could not be written", code)
    }
    byteCount += waiting.count
    waiting = []
    FaultPoint.passed(file.place)
  }
}
