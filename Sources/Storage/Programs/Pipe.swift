import Glibc

/// The end of a pipe that this process reads from; a program has the other.
final class Pipe {
  /// Whether the last byte was read.
  private(set) var isDone = false
  /// The end that a program gets.
  private(set) var writing: Int32 = -1

  private var reading: Int32 = -1

  /// A new pipe; what keeps it from being made is said of `place`.
  init(_ place: String) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw FileError.system(place, "cannot be decoded: no pipe can be made", errno)
    }
    (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    close(reading)
    closeWriting()
  }

  /// Closes the program's end here, so that its end is the end.
  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  /// What is there, after `wait` said that something is; nil at the end.
  func read(_ buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
    let got = Glibc.read(reading, &buffer, buffer.count)
    if got < 0, errno == EINTR || errno == EAGAIN { return [] }
    guard got > 0 else {
      isDone = true
      return nil
    }
    return buffer[..<got]
  }

  /// Waits until one of the pipes can be read or has ended, and tells which.
  static func wait(for pipes: [Pipe], milliseconds: Int32) -> [Bool] {
    // A negative descriptor is left out.
    var entries = pipes.map {
      pollfd(fd: $0.isDone ? -1 : $0.reading, events: Int16(POLLIN), revents: 0)
    }
    guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else {
      return pipes.map { _ in false }
    }
    return entries.map { $0.fd >= 0 && $0.revents != 0 }
  }
}
