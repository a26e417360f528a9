import Glibc
import Tensors

/// Writes files that are there whole or not at all, whatever happens in between.
///
/// The bytes go to a temporary file in the same folder and to the disk (`fsync`), then the
/// temporary takes the name (`rename`), then the folder goes to the disk. A failure, a kill or a
/// power cut at any moment leaves the old file, or the new one, never a mixture.
public enum AtomicFile {
  /// How the names of temporary files end: what a killed process left under such a name may go.
  public static let temporarySuffix = ".partial"

  /// Puts `bytes` under the name `path`, in place of what was there.
  ///
  /// For files of the program's own: what a user names may be a link or a device, which a file
  /// would replace; see `OutputFile`.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try write(bytes, to: path, asOwnedBy: nil)
  }

  /// The same, with the owner and the permissions of the file that is replaced.
  static func write(_ bytes: [UInt8], to path: String, asOwnedBy old: stat?) throws {
    try write(to: path, asOwnedBy: old) { append in try append(bytes.span.bytes) }
  }

  /// Puts what `body` appends, piece by piece, under the name `path`.
  ///
  /// When `body` throws or the disk is full, the old file stays, the temporary goes, and the error
  /// names `path` and the system's reason.
  public static func write(
    to path: String, _ body: (_ append: (RawSpan) throws -> Void) throws -> Void
  ) throws {
    try write(to: path, asOwnedBy: nil, body)
  }

  private static func write(
    to path: String, asOwnedBy old: stat?,
    _ body: (_ append: (RawSpan) throws -> Void) throws -> Void
  ) throws {
    let folder = folder(of: path)
    let token = UInt64.random(in: .min ... .max)
    let temporary = "\(folder)/.\(String(token, radix: 16))\(temporarySuffix)"
    let file = try FileDescriptor(
      opening: temporary, as: path, "cannot be created", flags: O_WRONLY | O_CREAT | O_EXCL,
      mode: 0o666)
    FaultPoint.passed(path)
    do {
      var waiting = 0
      func synchronise() throws {
        try LongWork.step()
        guard retried({ fsync(file.raw) }) >= 0 else {
          throw FileError.system(path, "cannot be brought to the disk", errno)
        }
        FaultPoint.passed(path)
        waiting = 0
      }
      try body { bytes in
        try file.write(bytes)
        FaultPoint.passed(path)
        waiting += bytes.byteCount
        // Bit by bit: all of a large file at once would be minutes without a sign of life.
        if waiting >= 64 << 20 { try synchronise() }
      }
      if let old {
        // The mode last: a new owner takes some of its bits away.
        guard fchown(file.raw, old.st_uid, old.st_gid) == 0,
          fchmod(file.raw, old.st_mode & 0o7777) == 0
        else { throw FileError.system(path, "cannot be given its owner and permissions", errno) }
      }
      try synchronise()
      if rename(temporary, path) < 0 {
        throw FileError.system(path, "cannot be put in place", errno)
      }
      FaultPoint.passed(path)
    } catch {
      unlink(temporary)
      throw error
    }
    try synchronise(folder: folder, for: path)
  }

  /// Brings the folder's entries to the disk, so that the new name survives a power cut.
  private static func synchronise(folder: String, for path: String) throws {
    let entries = try FileDescriptor(
      opening: folder, as: path, "was written, but its folder cannot be opened",
      flags: O_RDONLY | O_DIRECTORY)
    // Some network file systems know no fsync of folders; there is nothing better to do on them.
    if retried({ fsync(entries.raw) }) < 0, errno != EINVAL, errno != ENOTSUP {
      throw FileError.system(
        path, "was written, but its folder cannot be brought to the disk", errno)
    }
    FaultPoint.passed(path)
  }

  /// The folder that `path` stands in, as a path that a name can be added to.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    // "/name" is in "/.", since "/" itself would give the temporary two slashes.
    return slash == path.startIndex ? "/." : String(path[..<slash])
  }
}
