import Glibc
import Tensors

/// An open file that closes itself; calls that a signal interrupts are repeated.
struct FileDescriptor: ~Copyable {
  /// The bytes of one call: a slow disk takes seconds for more.
  private static let mostAtOnce = 4 << 20

  let raw: Int32
  /// The file as messages name it.
  let place: String

  /// Opens `path`; messages call it `place`.
  init(opening path: String, as place: String, _ doing: String, flags: Int32, mode: mode_t = 0)
    throws(StorageError)
  {
    raw = retried { Glibc.open(path, flags | O_CLOEXEC, mode) }
    self.place = place
    if raw < 0 { throw .system(place, doing, errno) }
  }

  deinit { Glibc.close(raw) }

  /// Fills `bytes` from the file's current position; short when the file ends before.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws -> Int {
    var total = 0
    while total < bytes.count {
      try LongWork.step()
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[total...].prefix(Self.mostAtOnce))
      let count = retried { Glibc.read(raw, rest.baseAddress, rest.count) }
      if count < 0 { throw StorageError.system(place, "cannot be read", errno) }
      if count == 0 { break }
      total += count
    }
    return total
  }

  /// Writes all of `bytes`, however many calls it takes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try LongWork.step()
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.mostAtOnce))
      let code = Descriptors.write(piece, to: raw)
      if code != 0 { throw StorageError.system(place, "cannot be written", code) }
      rest = rest.dropFirst(piece.count)
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
