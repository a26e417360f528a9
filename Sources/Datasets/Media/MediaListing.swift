import Foundation
import Storage
import Tensors

/// The files of one split: listed in manifests, or found in folders that have a folder for each class.
enum MediaListing {
  /// All items of `paths`, which are manifests (columns `id,label,path`) or folders.
  ///
  /// - Parameter split: `train` or `test`: how the ids of files in folders begin, since files of both
  ///   splits often have the same names.
  static func items(
    _ paths: [String], root: String, classes: [String], split: String
  ) throws -> [MediaItem] {
    var items: [MediaItem] = []
    var manifests: [String] = []
    for path in paths {
      let place = InputFile.resolve(path, root: root)
      if isFolder(place) {
        items += try filesByClass(in: place, classes: classes, split: split)
      } else {
        manifests.append(path)
      }
    }
    if !manifests.isEmpty {
      items += try Manifest.load(
        paths: manifests, root: root, classes: classes, column: .path
      ).rows.map {
        MediaItem(
          id: $0.id, label: $0.label, path: InputFile.resolve($0.value, root: root),
          place: $0.place, group: $0.group ?? "")
      }
    }
    try refuseRepeatedIDs(items)
    return items
  }

  /// The files of `folder/CLASS/`, sorted by name: the id is `SPLIT/CLASS/NAME`, without what follows the
  /// name's last point, so that a sound and a picture of one name are one sample.
  private static func filesByClass(
    in folder: String, classes: [String], split: String
  ) throws -> [MediaItem] {
    let found = try entries(of: folder)
    var items: [MediaItem] = []
    for name in found where isFolder("\(folder)/\(name)") {
      guard let label = classes.firstIndex(of: name) else {
        throw FileError(
          "\(folder)/\(name)",
          "is a folder, but no class has its name; the classes are \(quoted(classes))")
      }
      for file in try entries(of: "\(folder)/\(name)") {
        try LongWork.step()
        let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file[...]
        items.append(
          MediaItem(
            id: "\(split)/\(name)/\(stem)", label: label, path: "\(folder)/\(name)/\(file)",
            place: "\(folder)/\(name)"))
      }
    }
    guard !items.isEmpty else {
      throw FileError(
        folder, "holds no files in folders named after the classes, which are \(quoted(classes))")
    }
    for item in items {
      if let problem = SampleID.problem(item.id) { throw FileError(item.path, problem) }
    }
    return items
  }

  /// The names in a folder in the order of their bytes, but for those that begin with a point, which
  /// are hidden.
  private static func entries(of folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw FileError(folder, "cannot be listed; make it readable for the user who trains")
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The files of a folder and of the folders in it, in the order of their paths' bytes: the id is the path below the
  /// folder, without what follows the name's last point.
  ///
  /// - Parameter endings: where some files have an ending of the kind, all others are of other kinds; nil: all are
  ///   meant.
  static func files(in folder: String, endings: MediaEndings? = nil) throws -> [MediaItem] {
    var items: [MediaItem] = []
    var folders = [""]
    while let below = folders.popLast() {
      for name in try entries(of: folder + below) {
        try LongWork.step()
        let path = "\(below)/\(name)"
        if isFolder(folder + path) {
          folders.append(path)
          continue
        }
        let id = path.dropFirst()
        let end = name.lastIndex(of: ".") == nil ? nil : id.lastIndex(of: ".")
        items.append(
          MediaItem(
            id: String(end.map { id[..<$0] } ?? id), label: 0, path: folder + path, place: folder))
      }
    }
    guard !items.isEmpty else { throw FileError(folder, "holds no files") }
    if let endings, case let own = items.filter({ endings.fit($0.path) }), !own.isEmpty {
      items = own
    }
    for item in items {
      if let problem = SampleID.problem(item.id) { throw FileError(item.path, problem) }
    }
    try refuseRepeatedIDs(items)
    return items.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static func refuseRepeatedIDs(_ items: [MediaItem]) throws {
    var first: [String: MediaItem] = [:]
    first.reserveCapacity(items.count)
    for item in items {
      if let earlier = first.updateValue(item, forKey: item.id) {
        throw FileError(
          item.path,
          "the id '\(item.id.legible())' is that of \(earlier.path) too; ids must be different")
      }
    }
  }
}
