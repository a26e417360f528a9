import Glibc
import Storage

/// The folder that manifests are written to.
public struct PreparationFolder {
  /// The folder, absolute.
  public let path: String

  /// All names that a preparation gives to files.
  static let names =
    Part.allCases.flatMap { part in
      Medium.allCases.map { Preparation.manifestName($0, part) }
    } + ["classes.txt", "splits.csv", "report.json"]

  /// Looks at the folder at `path`: one that is not there, or is empty, is free.
  ///
  /// - Parameter isForced: whether the files of an earlier preparation may be replaced; all others stay in
  ///   any case.
  /// - Throws: `FileError` where there are files.
  public init(_ path: String, isForced: Bool) throws {
    self.path = try path.absolutePath()
    var status = stat()
    guard stat(self.path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path, "is no folder; name another, or move what is there away")
    }
    let found = try ModelFiles.names(in: self.path).sorted { $0.precedes($1) }
    guard isForced || found.isEmpty else {
      throw FileError(
        path,
        "holds \(quoted(found)) already; name another folder, or add --force, which replaces the files of"
          + " an earlier preparation and leaves all others")
    }
  }

  /// Makes the folder, and removes what an earlier preparation left: not every one writes all files.
  func make() throws {
    try ModelFiles.createFolder(path)
    for name in Self.names { unlink("\(path)/\(name)") }
  }

  /// Writes lines to a file, whole or not at all.
  func write(_ lines: [String], to name: String) throws {
    try AtomicFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: "\(path)/\(name)")
  }
}
