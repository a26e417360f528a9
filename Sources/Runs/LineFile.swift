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
      throw StorageError(path, "cannot be created: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// Appends a line and its end.
  func append(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = String(cString: strerror(errno))
        // The next line begins where this one would have.
        if ftruncate(descriptor, byteCount) == 0 { lseek(descriptor, byteCount, SEEK_SET) }
        throw StorageError(path, "a line could not be written: \(reason)")
      }
      written += count
    }
    byteCount += bytes.count
  }
}
