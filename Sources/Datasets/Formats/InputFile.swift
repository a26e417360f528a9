import Glibc
import Storage
import Tensors

/// Files that users name: opened and read with a clear sentence when they cannot be.
public enum InputFile {
  /// Where `path` lies: absolute paths stay as they are, others are relative to `root`.
  public static func resolve(_ path: String, root: String) -> String {
    if path.utf8.first == UInt8(ascii: "/") || root.isEmpty { return path }
    return root.hasSuffix("/") ? root + path : root + "/" + path
  }

  /// All bytes of a file that `open` accepts. Nothing is allocated beyond the file's real size.
  public static func read(_ path: String) throws -> [UInt8] {
    let file = try open(path)
    try file.checkMemory()
    return try file.take(file.byteCount)
  }

  /// All bytes of a file that may be empty, but not longer than `limit` bytes.
  static func read(_ path: String, atMost limit: Int) throws -> [UInt8] {
    let file = try ReadableFile(path) { error(path, $0) }
    guard file.byteCount <= limit else {
      throw FileError(path, "has \(file.byteCount) bytes, expected at most \(limit)")
    }
    try refusePointer(file, path)
    return try file.take(file.byteCount)
  }

  /// `bytes` without the byte order mark that some programs put before UTF-8.
  static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
  }

  /// Throws where `bytes` are compressed and only read plainly.
  static func refuseGzip(_ bytes: ArraySlice<UInt8>, place: String) throws {
    guard bytes.starts(with: Inflation.gzipMagic) else { return }
    throw FileError(place, "is compressed with gzip; unpack it first, with gunzip")
  }

  /// UTF-8 `bytes` as text, without a byte order mark; the error names the first line that is not.
  public static func text(of bytes: [UInt8], place: String) throws -> String {
    let body = withoutMark(bytes)
    if let text = String(validating: body, as: UTF8.self) { return text }
    try refuseGzip(body, place: place)
    throw FileError(
      "\(place):\(lineOfInvalidText(in: body))", "is not UTF-8 text; save the file as UTF-8")
  }

  /// Opens a readable, regular file that is not empty and no git-lfs pointer.
  public static func open(_ path: String) throws -> ReadableFile {
    let file = try ReadableFile(path) { error(path, $0) }
    guard file.byteCount > 0 else { throw FileError(path, "is empty") }
    try refusePointer(file, path)
    return file
  }

  /// Throws at the note that git-lfs leaves in place of data it has not fetched.
  private static func refusePointer(_ file: borrowing ReadableFile, _ path: String) throws {
    guard try !isPointer(file.beginning(pointer.count)) else {
      throw FileError(
        path, "is a git-lfs pointer, not the data; fetch the data with 'git lfs pull'")
    }
  }

  /// Whether a file that begins so is the note that git-lfs leaves in place of data it has not fetched.
  public static func isPointer(_ beginning: [UInt8]) -> Bool { beginning.starts(with: pointer) }

  private static let pointer = "version https://git-lfs.github.com/spec/v1".utf8

  private static func error(_ path: String, _ problem: ReadingProblem) -> FileError {
    switch problem {
    case .unopened(let code):
      FileError(
        path, openFailure(code, path), isOfMissingFile: code == ENOENT || code == ENOTDIR)
    case .unexamined(let code): .system(path, "cannot be examined", code)
    case .folder: FileError(path, "is a directory, expected a file")
    case .special: FileError(path, "is not a regular file")
    case .tooLarge(let byteCount, let memory): MachineMemory.refusal(byteCount, memory, for: path)
    case .unread(let code): .system(path, "cannot be read", code)
    case .shrunk(let old, let new):
      FileError(path, "shrank from \(old) bytes to \(new) while it was read")
    }
  }

  private static func openFailure(_ code: Int32, _ path: String) -> String {
    switch code {
    case ENOENT where path.utf8.starts(with: "~/".utf8) || path.contains("/~/"):
      "no such file; shells know what '~' means there, files do not: write the folder out"
    case ENOENT, ENOTDIR: "no such file; --set data.root=DIR says where relative paths start"
    case EACCES, EPERM: "permission denied; make it readable for the user who trains"
    default: "cannot be opened: \(FileError.reason(code))"
    }
  }
}

extension MachineMemory {
  /// Throws when `needed` bytes cannot be held.
  static func check(_ needed: Int, for place: String) throws {
    if needed > byteCount { throw refusal(needed, byteCount, for: place) }
  }

  fileprivate static func refusal(_ needed: Int, _ memory: Int, for place: String) -> FileError {
    FileError(place, "needs \(needed) bytes, but this machine has \(memory)")
  }
}
