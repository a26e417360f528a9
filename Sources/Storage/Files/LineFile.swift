import Glibc

/// A file that grows by whole lines: a line that does not fit on the disk leaves nothing behind.
public final class LineFile {
  private let file: FileDescriptor
  private var byteCount = 0

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

  /// Appends a line and its end.
  public func append(_ line: String) throws {
    let code = Descriptors.write(line + "\n", to: file.raw)
    guard code == 0 else {
      // The next line begins where this one would have.
      if ftruncate(file.raw, byteCount) == 0 { lseek(file.raw, byteCount, SEEK_SET) }
      throw FileError.system(file.place, "a line could not be written", code)
    }
    byteCount += line.utf8.count + 1
    FaultPoint.passed(file.place)
  }
}
