import Glibc
import Tensors

/// What keeps a file from being read: the facts, which each kind of file puts into its own words.
public enum ReadingProblem {
  /// It cannot be opened, for the system's reason of that number.
  case unopened(Int32)
  /// The system does not say what it is.
  case unexamined(Int32)
  /// It is a folder.
  case folder
  /// It is a pipe, a socket or a device.
  case special
  /// It has more bytes than this machine's memory.
  case tooLarge(byteCount: Int, memory: Int)
  /// It cannot be read on.
  case unread(Int32)
  /// It became shorter while it was read.
  case shrunk(from: Int, to: Int)
}

/// A regular file that is open to be read, and closes itself. What is none is refused, not waited for.
public struct ReadableFile: ~Copyable {
  /// The file's size when it was opened.
  public let byteCount: Int

  private let file: FileDescriptor
  private let words: (ReadingProblem) -> any Error

  /// Opens the file at `path`; what is in the way, now or later, becomes an error by `words`.
  public init(_ path: String, words: @escaping (ReadingProblem) -> any Error) throws {
    let file = try Self.open(path, words)
    var status = stat()
    guard fstat(file.raw, &status) == 0 else { throw words(.unexamined(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: byteCount = Int(status.st_size)
    case S_IFDIR: throw words(.folder)
    default: throw words(.special)
    }
    self.file = file
    self.words = words
  }

  private static func open(
    _ path: String, _ words: (ReadingProblem) -> any Error
  ) throws -> FileDescriptor {
    do {
      // Without O_NONBLOCK, opening a pipe would wait for a writer, perhaps for ever.
      return try FileDescriptor(
        opening: path, as: path, "cannot be opened", flags: O_RDONLY | O_NONBLOCK)
    } catch {
      throw words(.unopened(error.code))
    }
  }

  /// Throws where the file's bytes are more than this machine can hold.
  public func checkMemory() throws {
    let memory = MachineMemory.byteCount
    guard byteCount <= memory else {
      throw words(.tooLarge(byteCount: byteCount, memory: memory))
    }
  }

  /// The next `count` bytes, fewer only where the file ends.
  public func next(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        try LongWork.step()
        let (start, wanted) = (filled, min(FileDescriptor.mostAtOnce, count - filled))
        let got = retried { Glibc.read(file.raw, buffer.baseAddress.map { $0 + start }, wanted) }
        guard got >= 0 else { throw words(.unread(errno)) }
        if got == 0 { break }
        filled += got
      }
    }
  }

  /// The next `count` bytes, which were there when the file was opened.
  public func take(_ count: Int) throws -> [UInt8] {
    let bytes = try next(count)
    guard bytes.count == count else { throw words(.shrunk(from: count, to: bytes.count)) }
    return bytes
  }

  /// The first bytes of the file, at most `count`, wherever it is read at.
  public func beginning(_ count: Int) throws -> [UInt8] { try bytes(at: 0, count) }

  /// The bytes from `offset` on, at most `count`, wherever it is read at.
  public func bytes(at offset: Int, _ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = retried { pread(file.raw, &bytes, count, offset) }
    guard got >= 0 else { throw words(.unread(errno)) }
    return Array(bytes.prefix(got))
  }

  /// A descriptor of the open file for a library, which closes it.
  public func descriptorToGiveAway() throws -> Int32 {
    let copy = fcntl(file.raw, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw words(.unopened(errno)) }
    return copy
  }
}

extension FileError {
  /// What keeps the file at `path` from being read, in words that fit any.
  ///
  /// - Parameter other: the words for what is no such file at all.
  public static func reading(
    _ path: String, _ problem: ReadingProblem, other: String
  ) -> FileError {
    switch problem {
    case .unopened(let code): .system(path, "cannot be opened", code)
    case .unexamined(let code): .system(path, "cannot be examined", code)
    case .unread(let code): .system(path, "cannot be read", code)
    case .shrunk: FileError(path, "became shorter while it was read")
    case .folder, .special, .tooLarge: FileError(path, other)
    }
  }
}

/// The number of the first line, from 1, that keeps a file's bytes from being UTF-8.
public func lineOfInvalidText(in bytes: some Collection<UInt8>) -> Int {
  // One line at a time: a list of them would be many times the file where they are short.
  var (line, rest) = (1, bytes[...])
  while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
    if String(validating: rest[..<end], as: UTF8.self) == nil { return line }
    rest = rest[bytes.index(after: end)...]
    line += 1
  }
  return String(validating: rest, as: UTF8.self) == nil ? line : 1
}
