import Datasets
import Glibc
import Storage

/// The folder of a set, and what is in it.
struct SetFolder {
  /// The folder, absolute.
  let path: String

  /// The folder at `path`, which must be there.
  init(_ path: String) throws {
    self.path = try path.absolutePath()
    var status = stat()
    guard stat(self.path, &status) == 0 else {
      throw FileError(
        path, errno == ENOENT ? "no such folder" : "cannot be read: \(FileError.reason(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path, "is a file, expected the folder of the set")
    }
  }

  /// Where something in the folder is.
  subscript(_ name: String) -> String { InputFile.resolve(name, root: path) }

  /// Whether something is there.
  func has(_ name: String) -> Bool { access(self[name], F_OK) == 0 }

  /// Whether a folder is there.
  func hasFolder(_ name: String) -> Bool {
    var status = stat()
    return stat(self[name], &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The first of several names under which something is there.
  func first(of names: [String]) -> String? { names.first(where: has) }

  /// The names in a folder in byte order, without hidden ones: macOS leaves `._` files everywhere.
  func names(in name: String) throws -> [String] {
    try ModelFiles.names(in: self[name]).filter { $0.utf8.first != UInt8(ascii: ".") }
      .sorted { $0.precedes($1) }
  }

  /// The text of a file, UTF-8.
  func text(_ name: String) throws -> String {
    try InputFile.text(of: NamedFile.read(self[name]), place: self[name])
  }

  /// The records of a CSV file.
  func records(_ name: String) throws -> [CSVRecord] {
    try CSVRecord.parse(NamedFile.read(self[name]), place: self[name])
  }
}

/// Files that are read whole, wherever they are.
enum NamedFile {
  /// The bytes of a file.
  static func read(_ path: String) throws -> [UInt8] {
    do {
      return try InputFile.read(path)
    } catch let error as FileError where error.isOfMissingFile {
      throw FileError(path, "no such file", isOfMissingFile: true)
    }
  }
}
