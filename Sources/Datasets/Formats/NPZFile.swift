import Storage

/// A `.npz` file: a zip archive of `.npy` files, as `numpy.savez` and `savez_compressed` write it.
///
/// Opening reads the archive's directory; an array is inflated and checked when it is asked for.
public struct NPZFile: Sendable {
  /// The arrays' names in the file's order, without `.npy`.
  public let names: [String]
  /// The file.
  public let path: String

  private let archive: ZipArchive
  private let entries: [String: ZipArchive.Entry]

  /// Opens a file and reads its directory.
  public init(path: String) throws {
    try self.init(bytes: InputFile.read(path), place: path)
  }

  /// Opens an archive in memory; errors name `place`.
  public init(bytes: [UInt8], place: String) throws {
    archive = try ZipArchive(bytes, place: place)
    path = place
    names = archive.entries.map { NPZFile.arrayName($0.name) }
    var entries: [String: ZipArchive.Entry] = [:]
    for (name, entry) in zip(names, archive.entries) {
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw FileError(place, "holds two arrays named '\(name.legible())'")
      }
    }
    self.entries = entries
  }

  /// The array `name`, with or without `.npy`. Throws when it is not there or not sound.
  public func array(_ name: String, for purpose: NPYPurpose = .numbers) throws -> NPYArray {
    guard let entry = entries[NPZFile.arrayName(name)] else {
      let hint = Self.nearest(to: name, among: names).map { "did you mean '\($0.legible())'?" }
      let others = names.isEmpty ? "it holds none" : "it holds \(quoted(names))"
      throw FileError(path, "there is no array '\(name.legible())'; \(hint ?? others)")
    }
    let place = "\(path):\(NPZFile.arrayName(name).legible())"
    let content = try archive.content(of: entry, place: place)
    return try NPYArray(
      bytes: content.bytes, range: content.range, place: place, for: purpose)
  }

  /// The name that may have been meant: at most a third of its letters differ.
  private static func nearest(to name: String, among names: [String]) -> String? {
    nearestName(among: names, atMost: max(1, name.count / 3)) {
      editDistance(Array($0), Array(name))
    }
  }

  private static func arrayName(_ entryName: String) -> String {
    entryName.hasSuffix(".npy") ? String(entryName.dropLast(4)) : entryName
  }
}
