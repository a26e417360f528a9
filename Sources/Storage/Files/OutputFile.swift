import Glibc

/// A file for results under a path that a user names, where anything may be already.
///
/// A link is followed. A regular file is replaced whole or not at all, and keeps its owner and
/// permissions. Into a device, a pipe, or a descriptor of this process (`/dev/stdout`) the bytes
/// are written; nothing that is no regular file is ever replaced.
///
/// What can be wrong with the path is found when it is opened: before the results are worked out.
public final class OutputFile {
  private let path: String
  private let destination: Destination
  /// A device or a pipe, open since the beginning: its reader waits for the results.
  private let stream: Int32

  /// Throws where nothing can be written to `path`, as far as one can know without touching it.
  public static func check(_ path: String) throws { _ = try Destination(of: path) }

  /// Checks the path, and opens what is no regular file.
  ///
  /// - Parameter patience: how many milliseconds the reader of a pipe may take to come: as long as
  ///   it takes to start both by one command.
  public init(_ path: String, patience: Int = 5_000) throws {
    self.path = path
    destination = try Destination(of: path)
    switch destination {
    case .stream: stream = try Self.openStream(path, patience: patience)
    default: stream = -1
    }
  }

  deinit { if stream >= 0 { close(stream) } }

  /// Puts `bytes` there.
  public func write(_ bytes: [UInt8]) throws {
    switch destination {
    case .descriptor(let own): try write(bytes, to: own)
    case .stream: try write(bytes, to: stream)
    case .shared: try overwrite(with: bytes)
    case .file(let target, let old):
      do {
        try AtomicFile.write(bytes, to: target, asOwnedBy: old)
      } catch let error as FileError where error.code == EBUSY {
        // The file is a mount of its own, as containers have them: its name cannot be given away.
        try overwrite(with: bytes)
      }
    }
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    let code = Descriptors.write(bytes.span.bytes, to: descriptor)
    if code != 0 { throw FileError.system(path, "cannot be written", code) }
  }

  /// Writes into the file that is there, which has more names or rights than a new one would.
  private func overwrite(with bytes: [UInt8]) throws {
    let file = try FileDescriptor(
      opening: path, as: path, "cannot be opened for writing",
      flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o666)
    try file.write(bytes.span.bytes)
  }

  private static func openStream(_ path: String, patience: Int) throws -> Int32 {
    // Without O_NONBLOCK, opening a pipe would wait for a reader, perhaps for ever.
    let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    for waited in stride(from: 0, through: patience, by: 10) {
      if waited > 0 { usleep(10_000) }
      let descriptor = retried { Glibc.open(path, flags) }
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        return descriptor
      }
      let code = errno
      guard code == ENXIO, Destination.isPipe(path) else {
        throw FileError.system(path, "cannot be opened for writing", code)
      }
    }
    throw FileError(path, "is a pipe that nobody reads; start its reader first")
  }
}
