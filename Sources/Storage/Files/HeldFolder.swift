import Glibc

/// The folder of a run, held open so that what becomes of it is known.
///
/// Another folder at the same path is not taken for it: as long as it is open, the system gives its
/// device and inode to no other, even after it was deleted.
public final class HeldFolder: Sendable {
  private let path: String
  private let descriptor: FileDescriptor

  /// Opens the folder at `path`, which is absolute.
  public init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = try FileDescriptor(
      opening: path, as: path, "the folder cannot be read", flags: O_RDONLY | O_DIRECTORY)
  }

  /// What became of the folder; nil: it is where it was, as far as the system can tell.
  public var loss: FolderLoss? {
    var (mine, there) = (stat(), stat())
    let isTaken = stat(path, &there) == 0
    // Other failures, as of a server that is away, leave it open where the folder is.
    guard isTaken || [ENOENT, ENOTDIR, ESTALE].contains(errno) else { return nil }
    if isTaken, fstat(descriptor.raw, &mine) == 0, mine.st_dev == there.st_dev,
      mine.st_ino == there.st_ino
    {
      return nil
    }
    return FolderLoss(path: path, newPath: currentPath, isReplaced: isTaken)
  }

  /// Where the folder is now; nil: nowhere.
  private var currentPath: String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/fd/\(descriptor.raw)", &bytes, bytes.count)
    let name = String(
      decoding: bytes.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    // The system marks what was deleted; a server may have done it without its knowing.
    guard name.hasPrefix("/"), !name.hasSuffix(" (deleted)"), name != path else { return nil }
    return name
  }
}

/// What became of the folder of a run while the run went on, as one sentence.
public struct FolderLoss: Error, Equatable, CustomStringConvertible {
  /// Where it was.
  public let path: String
  /// Where it is now; nil: nowhere.
  public let newPath: String?
  /// Whether there is another folder in its place.
  public let isReplaced: Bool

  /// The whole sentence.
  public var description: String {
    let fate =
      newPath.map { "moved to \($0), where all is that was saved before" }
      ?? "deleted, with all that was saved in it"
    let other = isReplaced ? "; nothing is written to the folder that has its place" : ""
    return "\(path): the run's folder was \(fate)\(other)"
  }
}
