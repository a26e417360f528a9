import Glibc

/// Open descriptors, the standard ones among them: what the system does with them is never taken
/// for granted.
public enum Descriptors {
  /// Makes the three standard descriptors safe to write to. To be called before anything opens a
  /// file.
  ///
  /// A program may be started with some of them closed; the next file that it opens would take
  /// their place, and what is said to people would stand in it. A reader that goes away is no
  /// reason to end: writes to it fail from then on, and nobody misses them. Nor is a file that has become
  /// too large (`ulimit -f`): the write fails, and whoever writes says so.
  public static func prepareStandard() {
    for descriptor in STDIN_FILENO...STDERR_FILENO
    where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest free descriptor is this one: those below are open by now.
      _ = Glibc.open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
    }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes all of `bytes`, however many calls it takes, and waits where a pipe is full.
  ///
  /// - Returns: 0, or the system's reason why something is missing.
  @discardableResult
  public static func write(_ bytes: RawSpan, to descriptor: Int32) -> Int32 {
    var written = 0
    while written < bytes.byteCount {
      let count = bytes.extracting(droppingFirst: written).withUnsafeBytes { rest in
        retried { Glibc.write(descriptor, rest.baseAddress, rest.count) }
      }
      if count > 0 {
        written += count
      } else if count < 0, errno == EAGAIN {
        // Somebody who shares the pipe has asked not to wait; we do.
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
      } else {
        return count < 0 ? errno : EIO
      }
    }
    return 0
  }

  /// Writes a text in UTF-8; see `write(_:to:)` of bytes.
  @discardableResult
  public static func write(_ text: String, to descriptor: Int32) -> Int32 {
    let bytes = Array(text.utf8)
    return write(bytes.span.bytes, to: descriptor)
  }
}
