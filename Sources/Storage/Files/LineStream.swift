import Glibc

/// Lines that are written as they come: to a file, a pipe or a device, or to standard output.
///
/// A file that is there is replaced from its beginning; where the work ends early, it has the lines that there
/// were.
public final class LineStream {
  /// The destination as messages name it.
  public let place: String
  private let descriptor: Int32
  private let file: FileDescriptor?

  /// A stream to standard output.
  public init() {
    (place, descriptor) = ("standard output", STDOUT_FILENO)
    file = nil
  }

  /// A stream to what `path` names.
  ///
  /// - Throws: `FileError` where nothing can be written there.
  public init(_ path: String) throws {
    place = path
    switch try Destination(of: path) {
    case .descriptor(let own):
      descriptor = own
      file = nil
    case .stream, .shared, .file:
      let opened = try FileDescriptor(
        opening: path, as: path, "cannot be opened for writing",
        flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, mode: 0o666)
      descriptor = opened.raw
      file = consume opened
    }
  }

  /// Writes some text.
  ///
  /// - Returns: whether somebody reads on; false where the reader of a pipe has gone, as `head` does.
  public func write(_ text: String) throws -> Bool {
    let code = Descriptors.write(text, to: descriptor)
    if code == EPIPE { return false }
    if code != 0 { throw FileError.system(place, "cannot be written", code) }
    return true
  }
}
