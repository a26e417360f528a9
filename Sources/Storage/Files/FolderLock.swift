import Glibc
import Synchronization

/// The right to write to a folder, which one process has at a time.
///
/// The file `lock` in the folder is locked as files are (for its open description, so that the system
/// gives it back when the process dies, however it dies), and says who has it. Where the file system
/// knows no locks, what it says is believed: of this host, for as long as that process lives; of
/// another, for as long as the file is there.
public final class FolderLock: Sendable {
  /// The name of the file.
  public static let fileName = "lock"

  private let path: String
  private let descriptor: Mutex<Int32?>

  /// Takes the lock of the folder at `folder`, which is there.
  ///
  /// - Throws: `FileError` where another has it, with its process and host, or where it cannot be taken.
  public convenience init(_ folder: String) throws { try self.init(folder, knowsLocks: true) }

  /// - Parameter knowsLocks: false: as on a file system that has none.
  init(_ folder: String, knowsLocks: Bool) throws {
    path = "\(folder)/\(Self.fileName)"
    descriptor = Mutex(try Self.take(path, of: folder, knowsLocks: knowsLocks))
  }

  deinit { release() }

  /// Gives the lock back, and removes its file. What is done a second time does nothing.
  public func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor else { return }
      // While it is still locked: nobody can have taken it for theirs.
      if Self.isAt(path, open) { unlink(path) }
      close(open)
      descriptor = nil
    }
  }

  private static func take(_ path: String, of folder: String, knowsLocks: Bool) throws -> Int32 {
    // Whoever had it may give it back between two of these steps, and remove the file.
    for _ in 0..<100 {
      let open = retried { Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
      guard open >= 0 else { throw FileError.system(path, "the lock cannot be taken", errno) }
      do {
        if try claim(open, path, of: folder, knowsLocks: knowsLocks) { return open }
        close(open)
      } catch {
        close(open)
        throw error
      }
    }
    throw FileError(path, "the lock cannot be taken: others take it and give it back all the time")
  }

  /// Whether the open file is this process's now; false: it is not the one at `path` any more.
  private static func claim(
    _ open: Int32, _ path: String, of folder: String, knowsLocks: Bool
  ) throws -> Bool {
    let code = knowsLocks ? lock(open) : ENOLCK
    switch code {
    case 0: break
    case EAGAIN, EACCES:
      throw FileError(
        folder,
        "another run has this folder: \(owner(open)?.description ?? "its process has just begun"); wait until it has ended, or name another folder"
      )
    case ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL:
      if let owner = owner(open), !owner.isGone {
        throw FileError(
          folder,
          "another run has this folder: \(owner); wait until it has ended, or name another folder"
            + (owner.isHere ? "" : "; if that process is gone, remove \(path)"))
      }
    default: throw FileError.system(path, "the lock cannot be taken", code)
    }
    guard isAt(path, open) else { return false }
    try sign(open, path)
    // Another may have signed at the same time: the last to do so has it.
    if code != 0 { usleep(50_000) }
    guard code == 0 || owner(open) == LockOwner.here else { return false }
    return isAt(path, open)
  }

  /// Locks an open file for as long as it is open; 0, or the system's reason why not.
  private static func lock(_ descriptor: Int32) -> Int32 {
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_whence = Int16(SEEK_SET)
    return retried { fcntl(descriptor, openFileLock, &range) } == 0 ? 0 : errno
  }

  /// `F_OFD_SETLK`, whose header asks for GNU's extensions.
  private static let openFileLock: Int32 = 37

  /// Whether the open file is the one at `path`.
  private static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
    var (mine, there) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && stat(path, &there) == 0
      && mine.st_dev == there.st_dev && mine.st_ino == there.st_ino
  }

  private static func sign(_ descriptor: Int32, _ path: String) throws {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw FileError.system(path, "the lock cannot be written", errno)
    }
    let code = Descriptors.write(LockOwner.here.text, to: descriptor)
    if code != 0 { throw FileError.system(path, "the lock cannot be written", code) }
  }

  /// Who the file says has it; nil: it says nothing that can be read.
  private static func owner(_ descriptor: Int32) -> LockOwner? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = retried { pread(descriptor, &bytes, bytes.count, 0) }
    return LockOwner(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
  }
}
