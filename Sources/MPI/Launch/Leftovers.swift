import Glibc

/// What killed jobs of this user left on this host: their shared memory, and folders of Open MPI's. Nobody
/// else removes it, and a full `/dev/shm` stops every job.
///
/// What a living process has open or mapped is left alone. A file that was there before the processes
/// were looked through, and that none of them has, belongs to nobody: who makes one has it open first.
public struct Leftovers {
  /// Where ranks share memory.
  let sharedMemory: [String]
  /// Where Open MPI has its folders.
  let temporary: String
  let host: String
  /// How old a folder must be, in seconds, whose name does not say which process it belongs to.
  var leastAge = 3600
  /// How old shared memory must be: processes that are about to meet in it may not be seen here, as in
  /// containers with a common `/dev/shm`; once they have met, they need its name no more. But what is left
  /// must go before a later job gets the same number, and would find it in place of its own.
  var leastSegmentAge = 10

  /// The leftovers of this host; `temporary` is the folder for temporary files.
  public init(temporary: String) {
    var name = utsname()
    uname(&name)
    let host = withUnsafeBytes(of: &name.nodename) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.init(sharedMemory: ["/dev/shm", temporary], temporary: temporary, host: host)
  }

  init(sharedMemory: [String], temporary: String, host: String) {
    (self.sharedMemory, self.temporary, self.host) = (sharedMemory, temporary, host)
  }

  /// Removes them, as far as that is possible.
  public func sweep() {
    let segments = sharedMemory.flatMap(segments)
    let folders = folders
    guard !(segments + folders).isEmpty else { return }
    let used = Self.usedPaths()
    for segment in segments where !used.contains(segment) { unlink(segment) }
    for folder in folders where !used.contains(where: { $0.hasPrefix(folder + "/") }) {
      Self.remove(folder)
    }
  }

  private func segments(in folder: String) -> [String] {
    let prefixes = ["vader_segment", "osc_sm", "sm_segment", "antiphon_shared"]
      .map { "\($0).\(host)." }
    return Self.names(in: folder).filter { name in prefixes.contains { name.hasPrefix($0) } }
      .map { "\(folder)/\($0)" }.filter { path in
        Self.status(of: path, kind: S_IFREG).map {
          $0.st_mtim.tv_sec <= time(nil) - leastSegmentAge
        }
          ?? false
      }
  }

  /// Folders of jobs that may be dead: `pid.N` is that of an mpirun, `jf.N` that of a job elsewhere.
  private var folders: [String] {
    let all = "\(temporary)/ompi.\(host).\(geteuid())"
    return Self.names(in: all).compactMap { name in
      let path = "\(all)/\(name)"
      guard let status = Self.status(of: path, kind: S_IFDIR) else { return nil }
      if name.hasPrefix("pid.") {
        guard let process = Int32(name.dropFirst(4)), kill(process, 0) != 0, errno == ESRCH else {
          return nil
        }
        return path
      }
      guard name.hasPrefix("jf."), status.st_mtim.tv_sec < time(nil) - leastAge else { return nil }
      return path
    }
  }

  /// The status of what this user has at `path`; nil: it is of another kind, or somebody else's.
  private static func status(of path: String, kind: mode_t) -> stat? {
    var found = stat()
    guard lstat(path, &found) == 0, found.st_mode & S_IFMT == kind, found.st_uid == geteuid() else {
      return nil
    }
    return found
  }

  /// The paths of all files that processes have open or mapped, as far as this user may know.
  private static func usedPaths() -> Set<String> {
    var paths: Set<String> = []
    for process in names(in: "/proc") where process.allSatisfy(\.isNumber) {
      // What is mapped was open before: in this order nothing is missed.
      for descriptor in names(in: "/proc/\(process)/fd") {
        if let path = target(of: "/proc/\(process)/fd/\(descriptor)") { paths.insert(path) }
      }
      for line in text(of: "/proc/\(process)/maps").split(separator: "\n") {
        if let start = line.firstIndex(of: "/") { paths.insert(String(line[start...])) }
      }
    }
    return paths
  }

  private static func target(of link: String) -> String? {
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      count = max(0, readlink(link, start, buffer.count))
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  private static func text(of path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    while true {
      let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = max(0, read(file, buffer.baseAddress, buffer.count))
      }
      guard !piece.isEmpty else { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece
    }
  }

  /// What is in a folder; nothing where it cannot be read.
  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    guard status(of: path, kind: S_IFDIR) != nil else {
      unlink(path)
      return
    }
    names(in: path).forEach { remove("\(path)/\($0)") }
    rmdir(path)
  }
}
