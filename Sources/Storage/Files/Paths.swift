import Glibc

/// The current folder.
///
/// - Throws: `FileError` where it was deleted, or its path is not UTF-8: a path that was
///   made up in its place would be another folder's.
public func currentFolder() throws -> String {
  let buffer = try currentFolderBytes()
  defer { free(buffer) }
  guard let path = String(validatingCString: buffer) else {
    throw FileError(
      "the current folder", "its path is not UTF-8; rename it, or change to another folder")
  }
  return path
}

/// Throws where the current folder was deleted: nothing can be found or started from there.
public func checkCurrentFolder() throws { free(try currentFolderBytes()) }

/// Throws where temporary files have no place: in `TMPDIR`, or in `/tmp` where that is not set.
public func checkTemporaryFolder() throws {
  let named = getenv("TMPDIR").map { String(cString: $0) } ?? ""
  let folder = named.isEmpty ? "/tmp" : named
  // What the system says of rights is not what it does: so one is made.
  var path = Array("\(folder)/antiphon.XXXXXX".utf8CString)
  guard mkdtemp(&path) == nil else {
    rmdir(path)
    return
  }
  throw FileError(
    named.isEmpty ? folder : "TMPDIR, which is \(folder)",
    "temporary files cannot be made there: \(FileError.reason(errno)); set TMPDIR to a folder that can be written to"
  )
}

private func currentFolderBytes() throws -> UnsafeMutablePointer<CChar> {
  guard let buffer = getcwd(nil, 0) else {
    throw FileError(
      "the current folder",
      errno == ENOENT
        ? "it was deleted; change to a folder that is there"
        : "it cannot be told (\(FileError.reason(errno))); change to another folder")
  }
  return buffer
}

private let slash = UInt8(ascii: "/")

extension String {
  /// This path from the root of the file system, without `.` and doubled slashes.
  ///
  /// No file is looked at, so `..` stays: after a link it leads to where only the system knows.
  ///
  /// - Parameter folder: what a relative path starts from; nil: the current folder.
  /// - Throws: `FileError` where the current folder is needed and cannot be named.
  public func absolutePath(from folder: String? = nil) throws -> String {
    guard utf8.first != slash else { return "/" + steps.joined(separator: "/") }
    let base = try folder.map { try $0.absolutePath() } ?? currentFolder()
    return ([base == "/" ? "" : base] + steps).joined(separator: "/")
  }

  private var steps: [String] {
    // Byte by byte: a character may begin with a slash and go on with an accent.
    utf8.split(separator: slash).map { String(Substring($0)) }.filter { $0 != "." }
  }

  /// The folder that this path's file stands in.
  public var folderOfPath: String {
    guard let last = utf8.lastIndex(of: slash) else { return "." }
    return last == startIndex ? "/" : String(self[..<last])
  }

  /// Whether this path begins with a `~` that a shell would have replaced, and nobody else does: the
  /// shell leaves it alone after `=` and between quotes. A file that is called so is one.
  ///
  /// - Parameter folder: what the path starts from.
  public func hasShellTilde(in folder: String = ".") -> Bool {
    guard utf8.first == UInt8(ascii: "~") else { return false }
    let name = String(Substring(utf8.prefix { $0 != slash }))
    let isHome = name == "~" || name.utf8.count < utf8.count
    return isHome && access("\(folder)/\(name)", F_OK) != 0
  }
}
