import Storage

/// The lines of a file that another process, perhaps of another host, goes on writing: each is read once.
struct FollowedLines {
  private let path: String
  private var offset = 0

  /// The most bytes that are taken at a time.
  private static let most = 64 << 20

  init(_ path: String) { self.path = path }

  /// What has come since the last time.
  ///
  /// - Returns: the new documents; and whether the file is another than it was, as where a run goes on from an
  ///   older checkpoint, so that what was known of it holds no more.
  mutating func next() -> (lines: [JSONValue], isAnew: Bool) {
    let path = path
    // Opened each time: over a shared file system that is when news are asked for.
    guard
      let file = try? ReadableFile(
        path, words: { FileError.reading(path, $0, other: "is no file") })
    else { return ([], false) }
    let isAnew = file.byteCount < offset
    if isAnew { offset = 0 }
    let count = min(Self.most, file.byteCount - offset)
    guard count > 0, let bytes = try? file.bytes(at: offset, count),
      let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    else { return ([], isAnew) }
    let lines = bytes[..<end].split(separator: UInt8(ascii: "\n")).map {
      JSONValue(parsing: Array($0))
    }
    offset += end + 1
    guard lines.allSatisfy({ $0 != nil }) else {
      // It was cut back and has grown since: from its beginning next time.
      offset = 0
      return ([], true)
    }
    return (lines.compactMap { $0 }, isAnew)
  }
}
