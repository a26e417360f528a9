import Datasets
import Glibc
import Storage
import Tensors

/// A file of somebody's own data, by its name alone.
struct OwnFile {
  /// What a file's ending says that it is.
  enum Kind: CaseIterable {
    case image, sound, text, table, array

    private func fits(_ name: String) -> Bool {
      switch self {
      case .image: MediaEndings.pictures.fit(name)
      case .sound: MediaEndings.sounds.fit(name)
      case .text: name.hasSuffix(".txt")
      case .table: name.hasSuffix(".csv")
      case .array: name.hasSuffix(".npy") || name.hasSuffix(".npz")
      }
    }

    /// The kind of a file of such a name; nil: nothing that can be trained on.
    init?(of name: String) {
      let name = name.lowercased()
      guard let kind = Self.allCases.first(where: { $0.fits(name) }) else { return nil }
      self = kind
    }

    /// What people call it.
    var noun: String {
      switch self {
      case .image: "picture"
      case .sound: "sound"
      case .text: "text file"
      case .table: "table"
      case .array: "array file"
      }
    }
  }

  /// The file, absolute.
  let path: String
  /// The folders between the one that was named and the file.
  let folders: [String]
  let name: String
  let kind: Kind

  /// The name without its ending.
  var stem: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }
}

/// All files below some folders, hidden ones aside.
struct OwnFiles {
  private(set) var files: [OwnFile] = []
  /// How many others there are.
  private(set) var otherCount = 0

  private static let deepest = 16
  private static let most = 5_000_000

  /// Looks at `paths`: folders, or files.
  init(_ paths: [String]) throws {
    for path in paths {
      let whole = try path.absolutePath()
      var status = stat()
      guard stat(whole, &status) == 0 else {
        throw FileError(
          path,
          errno == ENOENT ? "no such file or folder" : "cannot be read: \(FileError.reason(errno))")
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try look(in: whole, below: [], within: [status.st_ino])
      } else {
        guard let kind = OwnFile.Kind(of: whole) else {
          throw FileError(
            path,
            "is no picture (JPEG, PNG, WebP), sound, text (.txt), table (.csv) or array (.npy, .npz) by its name"
          )
        }
        files.append(OwnFile(path: whole, folders: [], name: whole.lastStep, kind: kind))
      }
    }
    files.sort { $0.path.precedes($1.path) }
  }

  func of(_ kind: OwnFile.Kind) -> [OwnFile] { files.filter { $0.kind == kind } }

  /// - Parameter above: the numbers of the folders on the way here, which a link may lead back to.
  private mutating func look(
    in folder: String, below: [String], within above: [ino_t]
  ) throws {
    guard below.count <= Self.deepest else { return }
    for name in try ModelFiles.names(in: folder) where name.utf8.first != UInt8(ascii: ".") {
      try LongWork.step()
      guard files.count + otherCount < Self.most else {
        throw FileError(folder, "holds more than \(Self.most) files; name a folder with fewer")
      }
      let path = "\(folder)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0 else {
        otherCount += 1
        continue
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        guard !above.contains(status.st_ino) else { continue }
        try look(in: path, below: below + [name], within: above + [status.st_ino])
      } else if let kind = OwnFile.Kind(of: name) {
        files.append(OwnFile(path: path, folders: below, name: name, kind: kind))
      } else {
        otherCount += 1
      }
    }
  }
}

extension String {
  /// What stands behind the last slash.
  var lastStep: String {
    utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
  }
}
