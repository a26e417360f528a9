import Glibc
import Tensors

/// Files that users name: opened and read with a clear sentence when they cannot be.
public enum InputFile {
  /// Where `path` lies: absolute paths stay as they are, others are relative to `root`.
  public static func resolve(_ path: String, root: String) -> String {
    if path.utf8.first == UInt8(ascii: "/") || root.isEmpty { return path }
    return root.hasSuffix("/") ? root + path : root + "/" + path
  }

  /// Throws unless `path` is a readable, regular file, not empty and no git-lfs pointer.
  public static func check(_ path: String) throws {
    let (descriptor, _) = try open(path)
    defer { close(descriptor) }
    try refusePointer(descriptor, path)
  }

  /// All bytes of a file that `check` accepts. Nothing is allocated beyond the file's real size.
  public static func read(_ path: String) throws -> [UInt8] {
    let (descriptor, byteCount) = try open(path)
    defer { close(descriptor) }
    try refusePointer(descriptor, path)
    try MachineMemory.check(byteCount, for: path)
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
      while filled < byteCount {
        LongWork.pass()
        let wanted = min(4 << 20, byteCount - filled)
        let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, wanted)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    if let failure { throw DataError(path, "cannot be read: \(reason(failure))") }
    guard bytes.count == byteCount else {
      throw DataError(path, "shrank from \(byteCount) bytes to \(bytes.count) while it was read")
    }
    return bytes
  }

  /// The text of a file that `check` accepts, without a byte order mark.
  public static func text(_ path: String) throws -> String {
    try text(of: read(path), place: path)
  }

  /// `bytes` without the byte order mark that some programs put before UTF-8.
  static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
  }

  /// Throws where `bytes` are compressed and only read plainly.
  static func refuseGzip(_ bytes: ArraySlice<UInt8>, place: String) throws {
    guard bytes.starts(with: Inflation.gzipMagic) else { return }
    throw DataError(place, "is compressed with gzip; unpack it first, with gunzip")
  }

  /// UTF-8 `bytes` as text, without a byte order mark; the error names the first line that is not.
  static func text(of bytes: [UInt8], place: String) throws -> String {
    let body = withoutMark(bytes)
    if let text = String(validating: body, as: UTF8.self) { return text }
    try refuseGzip(body, place: place)
    let lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw DataError("\(place):\(bad + 1)", "is not UTF-8 text; save the file as UTF-8")
  }

  private static func open(_ path: String) throws -> (descriptor: Int32, byteCount: Int) {
    // Without O_NONBLOCK a named pipe would be waited for, forever.
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw DataError(
        path, openFailure(code, path), isOfMissingFile: code == ENOENT || code == ENOTDIR)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw DataError(path, "cannot be examined: \(reason(code))")
    }
    let problem: String? =
      switch status.st_mode & S_IFMT {
      case S_IFDIR: "is a directory, expected a file"
      case S_IFREG: status.st_size == 0 ? "is empty" : nil
      default: "is not a regular file"
      }
    if let problem {
      close(descriptor)
      throw DataError(path, problem)
    }
    return (descriptor, Int(status.st_size))
  }

  /// Throws when the file is the note that git-lfs leaves in place of data it has not fetched.
  private static func refusePointer(_ descriptor: Int32, _ path: String) throws {
    let pointer = Array("version https://git-lfs.github.com/spec/v1".utf8)
    var head = [UInt8](repeating: 0, count: pointer.count)
    let got = pread(descriptor, &head, head.count, 0)
    guard got >= 0 else { throw DataError(path, "cannot be read: \(reason(errno))") }
    guard head != pointer else {
      throw DataError(
        path, "is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'")
    }
  }

  private static func openFailure(_ code: Int32, _ path: String) -> String {
    switch code {
    case ENOENT where path.utf8.starts(with: "~/".utf8) || path.contains("/~/"):
      "no such file; shells know what '~' means there, files do not: write the folder out"
    case ENOENT, ENOTDIR: "no such file; --set data.root=DIR says where relative paths start"
    case EACCES, EPERM: "permission denied; make it readable for the user who trains"
    default: "cannot be opened: \(reason(code))"
    }
  }

  private static func reason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}

extension MachineMemory {
  /// Throws when `needed` bytes cannot be held.
  static func check(_ needed: Int, for place: String) throws {
    guard needed <= byteCount else {
      throw DataError(place, "needs \(needed) bytes, but this machine has \(byteCount)")
    }
  }
}
