import Glibc

/// Who has the right to write to a folder, as seen by somebody who only looks.
public enum FolderHolder: Sendable, Equatable {
  /// Nobody: no run is under way in it.
  case nobody
  /// A process of this host, or of another one, of which only that host can say whether it lives.
  case process(String, isHere: Bool)
  /// A process that has ended without giving it back.
  case ended(String)

  /// Looks at the lock of the folder at `folder`, which is left alone.
  public init(of folder: String) {
    let path = "\(folder)/\(FolderLock.fileName)"
    guard access(path, F_OK) == 0 else {
      self = .nobody
      return
    }
    // What a process writes just now may not be there yet.
    guard let file = try? ReadableFile(path, words: { _ in FileError(path, "cannot be read") }),
      let bytes = try? file.beginning(4096),
      let owner = LockOwner(String(decoding: bytes, as: UTF8.self))
    else {
      self = .process("a process", isHere: false)
      return
    }
    self =
      owner.isGone
      ? .ended(owner.description) : .process(owner.description, isHere: owner.isHere)
  }
}
