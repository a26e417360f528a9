import Glibc

/// The names of the files that hold a model's weights, below a run's folder.
///
/// Each save has a folder of its own (`CheckpointFolder`) and is the model once `model.json` names it, so
/// that a job that ends in the middle of a save leaves the one before it whole.
public enum ModelFiles {
  /// The file of the shared head, or of what the coordinator holds in its place.
  public static let head = "head.safetensors"

  /// The file of a modality's encoder.
  public static func encoder(of modality: String) -> String {
    "encoder.\(modality).safetensors"
  }

  /// The file with all the rest that the rank of a modality must remember to train on.
  public static func state(of modality: String) -> String { "state.\(modality).safetensors" }

  /// The same for the coordinator.
  public static let coordinatorState = "state.safetensors"

  /// Creates a folder and those above it; one that is there already is fine.
  ///
  /// - Returns: whether this call made it: of several at once, one did.
  @discardableResult
  public static func createFolder(_ path: String) throws -> Bool {
    let slash = UInt8(ascii: "/")
    var isNew = false
    // Byte by byte: a character may begin with a slash and go on with an accent.
    for end in path.utf8.indices where path.utf8[end] == slash && end != path.startIndex {
      isNew = try createOne(String(path[..<end]), of: path)
    }
    return path.utf8.last == slash ? isNew : try createOne(path, of: path)
  }

  /// Creates the folder `name` below the folder of a run, which must be there: one that was deleted
  /// or moved is not made anew.
  ///
  /// - Throws: `FolderLoss` where `held`, the run's folder as it was, is gone; `FileError`.
  public static func createFolder(
    _ name: String, belowRun run: String, held: HeldFolder?
  ) throws {
    if let loss = held?.loss { throw loss }
    var path = run
    for step in name.split(separator: "/") {
      path += "/\(step)"
      try createOne(path, of: "\(run)/\(name)")
    }
  }

  /// Creates one folder, on the way to `whole`; false if it was there.
  @discardableResult
  private static func createOne(_ path: String, of whole: String) throws -> Bool {
    if mkdir(path, 0o777) == 0 {
      FaultPoint.passed(path)
      return true
    }
    let code = errno
    var status = stat()
    guard stat(path, &status) == 0 else {
      let isDangling = code == EEXIST && errno == ENOENT
      throw isDangling
        ? FileError(path, "is a link that leads nowhere, expected a folder")
        : .system(whole, "the folder cannot be made", code)
    }
    // Of what stands in the way of a folder below, that one's failure will speak.
    guard path != whole || status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path, "is no folder; name another, or move what is there away")
    }
    return false
  }

  /// Removes a superseded folder of weights. What cannot be removed is left; it harms nobody.
  public static func removeFolder(_ path: String) {
    removeFiles(in: path) {
      $0.hasSuffix(".safetensors") || $0.hasSuffix(AtomicFile.temporarySuffix)
    }
    rmdir(path)
    FaultPoint.passed(path)
  }

  /// Removes the files that processes which were killed had not finished.
  static func removeUnfinished(in path: String) {
    removeFiles(in: path) { $0.hasPrefix(".") && $0.hasSuffix(AtomicFile.temporarySuffix) }
  }

  private static func removeFiles(in path: String, _ areMeant: (String) -> Bool) {
    guard let folder = opendir(path) else { return }
    while let name = nextName(in: folder) {
      guard areMeant(name) else { continue }
      unlink("\(path)/\(name)")
      FaultPoint.passed(path)
    }
    closedir(folder)
  }

  /// The names in a folder, without `.` and `..`; bytes that are no UTF-8 are shown as such.
  public static func names(in path: String) throws -> [String] {
    guard let folder = opendir(path) else {
      throw FileError.system(path, "the folder cannot be read", errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let name = nextName(in: folder) {
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func nextName(in folder: OpaquePointer) -> String? {
    guard let entry = readdir(folder) else { return nil }
    return withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
  }
}
