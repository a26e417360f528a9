import Glibc
import Storage

/// A file that grows by whole lines: a line that does not fit on the disk leaves nothing behind.
final class LineFile {
  private let path: String
  private let descriptor: Int32
  private var byteCount = 0

  /// An empty file at `path`, in place of what was there.
  init(creating path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw StorageError.system(path, "cannot be created", errno)
    }
  }

  deinit { close(descriptor) }

  /// Appends a line and its end.
  func append(_ line: String) throws {
    let code = Descriptors.write(line + "\n", to: descriptor)
    guard code == 0 else {
      // The next line begins where this one would have.
      if ftruncate(descriptor, byteCount) == 0 { lseek(descriptor, byteCount, SEEK_SET) }
      throw StorageError.system(path, "a line could not be written", code)
    }
    byteCount += line.utf8.count + 1
  }
}
