import Glibc
import Tensors

/// An open file that closes itself.
struct FileDescriptor: ~Copyable {
  /// The bytes of one call: a slow disk takes seconds for more.
  static let mostAtOnce = 4 << 20

  let raw: Int32
  /// The file as messages name it.
  let place: String

  /// Opens `path`; messages call it `place`.
  init(opening path: String, as place: String, _ doing: String, flags: Int32, mode: mode_t = 0)
    throws(FileError)
  {
    raw = retried { Glibc.open(path, flags | O_CLOEXEC, mode) }
    self.place = place
    if raw < 0 { throw .system(place, doing, errno) }
  }

  deinit { Glibc.close(raw) }

  /// Writes all of `bytes`, however many calls it takes.
  func write(_ bytes: RawSpan) throws {
    for start in stride(from: 0, to: bytes.byteCount, by: Self.mostAtOnce) {
      try LongWork.step()
      let piece = bytes.extracting(start..<min(start + Self.mostAtOnce, bytes.byteCount))
      let code = Descriptors.write(piece, to: raw)
      if code != 0 { throw FileError.system(place, "cannot be written", code) }
    }
  }
}

/// Repeats a system call for as long as a signal interrupts it.
func retried<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
