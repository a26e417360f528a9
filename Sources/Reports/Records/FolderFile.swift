import Glibc
import Storage
import Tensors

/// Reads the files of a run's folder that a report is made of. What cannot be used is told of, and left out.
struct FolderFile {
  /// The largest file that is read, in bytes.
  static let largest = 64 << 20

  let path: String

  /// Whether there is something under its name.
  var isThere: Bool { access(path, F_OK) == 0 }

  /// The bytes; nil: there is no such file.
  ///
  /// - Throws: `FileError` where it cannot be read, or is larger than anything that a run writes.
  func bytes() throws -> [UInt8]? {
    guard isThere else { return nil }
    let path = path
    let file = try ReadableFile(path) { problem in
      FileError.reading(path, problem, other: "is no file that a run writes")
    }
    guard file.byteCount <= Self.largest else {
      throw FileError(
        path,
        "has \(file.byteCount >> 20) MiB, more than the \(Self.largest >> 20) MiB that are read")
    }
    return try file.next(file.byteCount)
  }

  /// The document that the file is; nil: there is no such file.
  func json() throws -> JSONValue? {
    guard let bytes = try bytes() else { return nil }
    guard let value = JSONValue(parsing: bytes), value.members != nil else {
      throw FileError(path, "is not what a run writes, and is left out")
    }
    return value
  }

  /// The documents of the file's lines, as far as they can be read; a last line without an end is still being
  /// written.
  ///
  /// - Returns: the documents, and the number of whole lines that are none.
  func jsonLines() throws -> (values: [JSONValue], unreadCount: Int) {
    guard let bytes = try bytes() else { return ([], 0) }
    var (values, unread) = ([JSONValue](), 0)
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      try LongWork.step()
      if end > start, let value = JSONValue(parsing: Array(bytes[start..<end])),
        value.members != nil
      {
        values.append(value)
      } else {
        unread += 1
      }
      start = end + 1
    }
    return (values, unread)
  }
}
