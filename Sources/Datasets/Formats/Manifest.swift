import Storage
import Tensors

/// One sample of a manifest.
public struct ManifestRow: Sendable, Equatable {
  /// The sample's id, unique in its split.
  public let id: String
  /// The sample's class, from 0.
  public let label: Int
  /// The text of the path, index or text column.
  public let value: String
  /// `value` as a row number, not negative; nil in other manifests.
  public let index: Int?
  /// What the sample belongs to, such as a speaker or a page; nil: to nothing but itself.
  public var group: String?
  /// The manifest the row stands in.
  public let file: String
  /// The line the row begins on, from 1.
  public let line: Int

  /// Where the row stands, as errors name it: `file:line`.
  public var place: String { "\(file):\(line)" }
}

/// The samples of one modality and split: a CSV file (RFC 4180, UTF-8) with the columns `id`,
/// `label` and `path`, `index` or `text`, in any order, and perhaps `group`; other columns are ignored.
///
/// A label is a number in `0 ..< classes` or the name of a class.
public struct Manifest: Sendable, Equatable {
  /// What a manifest points to.
  public enum Column: String, Sendable, CaseIterable {
    /// A file, relative to the data root.
    case path
    /// A row of an array or image file, from 0.
    case index
    /// The sample itself; it may be empty.
    case text
  }

  /// The samples, in the files' order.
  public let rows: [ManifestRow]

  /// The samples of several files of one split, one after the other; paths are relative to `root`.
  ///
  /// - Parameter classes: the names of the classes; nil: nobody asks for labels, which are 0 then, and the
  ///   column may be missing.
  public static func load(
    paths: [String], root: String, classes: [String]?, column: Column,
    encoding: TextEncoding = .utf8
  ) throws -> Manifest {
    var rows: [ManifestRow] = []
    for path in paths {
      let file = InputFile.resolve(path, root: root)
      let bytes = try encoding.utf8(InputFile.read(file), place: file)
      rows += try parse(bytes, place: file, classes: classes, column: column)
    }
    try refuseDuplicates(rows)
    return Manifest(rows: rows)
  }

  /// The rows of one file's bytes; ids may still repeat.
  static func parse(
    _ bytes: [UInt8], place: String, classes: [String]?, column: Column
  ) throws -> [ManifestRow] {
    let wanted = ["id"] + (classes == nil ? [] : ["label"]) + [column.rawValue]
    // Before anything else: with another separator every later complaint would be about quotes or
    // columns that are there.
    try CSVSeparator.refuseOthers(bytes, place: place, columns: wanted)
    let records = try CSVRecord.parse(bytes, place: place)
    guard let header = records.first else { throw FileError(place, "is empty") }
    let columns = try wanted.map { name in try header.position(of: name, place: place) }
    let groups =
      header.fields.contains("group") ? try header.position(of: "group", place: place) : nil
    guard records.count > 1 else { throw FileError(place, "has a header but no rows") }
    let reader = classes.map { LabelReader(classes: $0) }
    return try records.dropFirst().map { record in
      try LongWork.step()
      let file = place
      let place = "\(file):\(record.line)"
      try record.checkCount(header, place: place)
      let id = record.fields[columns[0]]
      let value = record.fields[columns[columns.count - 1]]
      if let problem = SampleID.problem(id) { throw FileError(place, problem) }
      guard column == .text || !value.isEmpty else {
        throw FileError(place, "the \(column.rawValue) is empty")
      }
      if column == .path { try checkPath(value, place: place) }
      let group = groups.map { record.fields[$0] } ?? ""
      if let problem = SampleID.problem(ofGroup: group) { throw FileError(place, problem) }
      let label = try reader?.label(record.fields[columns[1]], place: place) ?? 0
      let index = Int(value)
      guard column != .index || (index ?? -1) >= 0 else {
        throw FileError(place, "the index is '\(value.legible())', expected a row number from 0")
      }
      return ManifestRow(
        id: id, label: label, value: value, index: column == .index ? index : nil,
        group: group.isEmpty ? nil : group, file: file, line: record.line)
    }
  }

  /// Throws where a path cannot be one: the system would end it at a zero, and open another file.
  private static func checkPath(_ path: String, place: String) throws {
    guard !path.utf8.contains(0) else {
      throw FileError(place, "the path '\(path.legible())' holds a zero byte, which no path can")
    }
    guard path.utf8.count <= longestPath else {
      throw FileError(
        place, "the path has \(path.utf8.count) bytes, but no path has more than \(longestPath)")
    }
  }

  /// Linux takes no longer ones.
  private static let longestPath = 4095

  private static func refuseDuplicates(_ rows: [ManifestRow]) throws {
    var first: [String: Int] = [:]
    first.reserveCapacity(rows.count)
    for (number, row) in rows.enumerated() {
      if let earlier = first.updateValue(number, forKey: row.id) {
        throw FileError(
          row.place, "the id '\(row.id.legible())' stands already at \(rows[earlier].place)")
      }
    }
  }
}

extension Sequence<ManifestRow> {
  /// The group of each row, empty where it has none; nothing at all where no row has one.
  var groups: [String] {
    contains { $0.group != nil } ? map { $0.group ?? "" } : []
  }
}
