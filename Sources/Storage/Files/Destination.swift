import Glibc

/// What a path for results leads to.
enum Destination {
  /// A descriptor of this process, such as standard output: opened by its path, a file would be
  /// written from its beginning.
  case descriptor(Int32)
  /// A device or a pipe.
  case stream
  /// A regular file that a new one can replace, or none yet; links are resolved.
  case file(target: String, old: stat?)
  /// A regular file that a new one would not be the same as: it has several names, another owner,
  /// or stands in a folder where nothing can be created.
  case shared

  /// Looks where `path` leads; throws where nothing can be written.
  init(of path: String) throws {
    guard !path.isEmpty else {
      throw FileError("''", "found an empty path, expected the path of a file")
    }
    if let own = try Self.ownDescriptor(path) {
      self = .descriptor(own)
      return
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw FileError.system(path, "cannot be written", errno) }
      self = try Self.new(path)
      return
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      throw FileError(path, "is a folder, expected a file; name a file in it")
    }
    guard kind != S_IFSOCK else { throw FileError(path, "is a socket, expected a file") }
    guard access(path, W_OK) == 0 else {
      throw FileError.system(path, "cannot be written", errno)
    }
    guard kind == S_IFREG else {
      self = .stream
      return
    }
    guard let target = Self.real(path), Self.isReplaceable(target, status) else {
      self = .shared
      return
    }
    self = .file(target: target, old: status)
  }

  /// Whether `path` is a named pipe.
  static func isPipe(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  /// The place of a file that is not there yet; a link that leads nowhere says where.
  private static func new(_ path: String) throws -> Destination {
    guard let target = chain(of: path).last else { return .shared }
    let folder = AtomicFile.folder(of: target)
    var status = stat()
    guard stat(folder, &status) == 0 else {
      guard errno == ENOENT else { throw FileError.system(path, "cannot be created", errno) }
      throw FileError(
        path, "cannot be created: there is no folder \(folder); make it first, or name another")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path, "cannot be created: \(folder) is no folder")
    }
    guard status.st_nlink > 0 else {
      throw FileError(path, "cannot be created: the folder \(folder) was deleted")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw FileError.system(path, "cannot be created in \(folder)", errno)
    }
    return .file(target: target, old: nil)
  }

  private static func isReplaceable(_ target: String, _ status: stat) -> Bool {
    let user = geteuid()
    let isOurs = user == 0 || status.st_uid == user && isOurGroup(status.st_gid)
    return status.st_nlink == 1 && isOurs
      && access(AtomicFile.folder(of: target), W_OK | X_OK) == 0
  }

  private static func isOurGroup(_ group: gid_t) -> Bool {
    var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
    _ = getgroups(Int32(groups.count), &groups)
    return group == getegid() || groups.contains(group)
  }

  // MARK: - Links

  private static func ownDescriptor(_ path: String) throws -> Int32? {
    let process = "/proc/\(getpid())/"
    for step in chain(of: path) {
      guard let folder = real(AtomicFile.folder(of: step)), folder.hasPrefix(process),
        folder.hasSuffix("/fd"), let own = Int32(String(name(of: step)))
      else { continue }
      let flags = fcntl(own, F_GETFL)
      guard flags >= 0 else { throw FileError.system(path, "cannot be written", errno) }
      guard flags & O_ACCMODE != O_RDONLY else {
        throw FileError(path, "is open for reading only, expected a file that can be written")
      }
      return own
    }
    return nil
  }

  /// The path and those that its last name, as long as it is a link, leads to, one after another;
  /// none where a link is not UTF-8.
  private static func chain(of path: String) -> [String] {
    var steps = [path]
    // As many as the system itself follows.
    while steps.count <= 40, let step = steps.last {
      var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(step, &bytes, bytes.count)
      guard count > 0 else { break }
      let text = bytes[..<count].lazy.map { UInt8(bitPattern: $0) }
      guard let link = String(validating: text, as: UTF8.self) else { return [] }
      let isAbsolute = link.utf8.first == UInt8(ascii: "/")
      steps.append(isAbsolute ? link : "\(AtomicFile.folder(of: step))/\(link)")
    }
    return steps
  }

  private static func name(of path: String) -> Substring {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    return slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
  }

  /// The path without links; nil if it leads nowhere, or is not UTF-8.
  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }
}
