import Datasets
import Glibc
import Storage
import Tensors

/// A table whose rows are samples: with texts, with columns that name files, or with the ids of files beside it.
struct OwnTable {
  private struct Sheet {
    let file: OwnFile
    let header: [String]
    let rows: [[String]]
    let part: Part?

    private static let separators: [Character: String] = [";": "semicolons", "\t": "tabs"]

    init(_ file: OwnFile) throws {
      self.file = file
      let bytes = try InputFile.read(file.path)
      let text = TextDecoding.text(of: bytes).map { Array($0.utf8) } ?? bytes
      let records = try CSVRecord.parse(text, place: file.path)
      guard let first = records.first, records.count > 1 else {
        throw FileError(file.path, "has no rows below its first line, which names the columns")
      }
      let header = first.fields.map(\.trimmed)
      if header.count == 1,
        let name = Self.separators.first(where: { header[0].contains($0.key) })?.value
      {
        throw FileError(
          file.path, "has its columns parted by \(name), expected commas; save it with commas")
      }
      for record in records.dropFirst() where record.fields.count != header.count {
        throw FileError(
          "\(file.path):\(record.line)",
          "has \(counted(record.fields.count, "field")), but the header has \(header.count)")
      }
      self.header = header
      rows = records.dropFirst().map(\.fields)
      part =
        file.stem.split { !$0.isLetter }.lazy.compactMap { OwnFolders.part(named: String($0)) }
        .first
    }
  }

  private let sheets: [Sheet]
  private let columns: OwnColumns
  private let groups: [String: String]
  private var header: [String] { sheets[0].header }

  private static let most = 50

  /// Reads tables; nil where there are none.
  static func read(
    _ files: [OwnFile], _ options: OwnData.Options, place: String
  ) throws -> OwnTable? {
    guard !files.isEmpty else { return nil }
    guard files.count <= most else {
      throw FileError(place, "holds \(files.count) tables; name the one whose rows are samples")
    }
    return try OwnTable(try files.map(Sheet.init), options, place)
  }

  private init(_ all: [Sheet], _ options: OwnData.Options, _ place: String) throws {
    // A table with two columns, id and group, says of others' samples what belongs together.
    let areGroups = all.map { sheet in
      sheet.header.count == 2 && sheet.header.contains("id") && sheet.header.contains("group")
    }
    var groups: [String: String] = [:]
    for (sheet, isOfGroups) in zip(all, areGroups) where isOfGroups {
      guard let id = sheet.header.firstIndex(of: "id") else { continue }
      for row in sheet.rows { groups[row[id].trimmed] = row[1 - id].trimmed }
    }
    self.groups = groups
    sheets = zip(all, areGroups).filter { !$1 }.map(\.0)
    guard let first = sheets.first else {
      columns = OwnColumns()
      return
    }
    let areParts =
      sheets.allSatisfy { $0.part != nil && $0.header == first.header }
      && Set(sheets.map(\.part)).count == sheets.count
    guard sheets.count == 1 || areParts else {
      throw FileError(
        place,
        "holds several tables, \(quoted(sheets.map(\.file.name))); name the one whose rows are samples, or of each part one, called train.csv and test.csv"
      )
    }
    columns = try OwnColumns(
      first.header, sheets.flatMap(\.rows), options, file: first.file.path)
  }

  /// The samples of the rows, with media that share their ids.
  func findings(
    _ media: [OwnFile], _ options: OwnData.Options, place: String
  ) throws -> OwnFindings {
    guard !sheets.isEmpty else {
      return try OwnFolders(media, place: place).findings(groups: groups)
    }
    var found = OwnFindings()
    let names = contentNames()
    let joined = columns.contents.contains { $0.kind != nil } ? [] : media
    var beside = joined.isEmpty ? nil : MediaBeside(joined)
    guard !columns.contents.isEmpty || !joined.isEmpty else {
      throw FileError(
        sheets[0].file.path,
        "has no column of texts and none that names files, and no files lie beside it; its columns are \(quoted(header))"
      )
    }
    let ids = self.ids()
    var number = 0
    var unlabelled = 0
    for sheet in sheets {
      for row in sheet.rows {
        try LongWork.step()
        let id = ids[number]
        number += 1
        var sample = OwnData.Sample(
          id: id, label: "", group: columns.group.map { row[$0].trimmed } ?? groups[id],
          part: columns.part.flatMap { OwnFolders.part(named: row[$0].trimmed) } ?? sheet.part,
          contents: [:])
        if sample.group?.isEmpty == true { sample.group = nil }
        for (content, name) in zip(columns.contents, names)
        where !row[content.column].trimmed.isEmpty {
          let value = row[content.column].trimmed
          sample.contents[name] =
            content.kind == nil ? .text(value) : .file(file(value, beside: sheet.file))
        }
        let position = beside?.take(id, into: &sample)
        sample.label = columns.label.map { row[$0].trimmed } ?? position?.label ?? ""
        if sample.label.isEmpty {
          unlabelled += 1
        } else {
          found.samples.append(sample)
        }
      }
    }
    try check(found, unlabelled, beside)
    found.modalities =
      zip(columns.contents, names).map { content, name in
        OwnData.Modality(name: name, kind: Self.kind(content.kind))
      } + OwnModalities.of(beside?.takenKinds ?? [])
    found.remarks = remarks(unlabelled, beside)
    return found
  }

  private func check(_ found: OwnFindings, _ unlabelled: Int, _ beside: MediaBeside?) throws {
    let file = sheets[0].file.path
    if let beside, beside.takenKinds.isEmpty, columns.contents.isEmpty {
      throw FileError(
        file,
        "names no file beside it: none of its ids, such as '\(ids().first?.legible() ?? "")', is a file's name without its ending"
      )
    }
    guard found.samples.isEmpty else { return }
    throw FileError(
      file,
      "no column of it looks like the label; say which: --label COLUMN, of \(quoted(header))")
  }

  private func remarks(_ unlabelled: Int, _ beside: MediaBeside?) -> [String] {
    var remarks: [String] = []
    if let label = columns.label {
      remarks.append("label: the column '\(header[label].legible())'")
    }
    if let group = columns.group {
      remarks.append("what belongs together: the column '\(header[group].legible())'")
    }
    if !columns.others.isEmpty {
      remarks.append("columns that were not used: \(quoted(columns.others.map { header[$0] }))")
    }
    if unlabelled > 0 { remarks.append("left out: \(counted(unlabelled, "row")) without a label") }
    if let left = beside?.leftCount, left > 0 {
      remarks.append("left out: \(counted(left, "file")) that no row names")
    }
    return remarks
  }

  private static func kind(_ kind: OwnFile.Kind?) -> OwnData.Modality.Kind {
    switch kind {
    case .image: .images
    case .sound: .audio
    default: .text
    }
  }

  /// What the modalities of the columns are called: by their kind, or by the column where two are of one kind.
  private func contentNames() -> [String] {
    var names: [String] = []
    for content in columns.contents {
      let isOnly = columns.contents.count { Self.kind($0.kind) == Self.kind(content.kind) } == 1
      let name = isOnly ? OwnModalities.name(of: content.kind ?? .text) : header[content.column]
      names.append(OwnModalities.named(name, besides: names))
    }
    return names
  }

  /// An id for each row: the column's, the name of the first file, or the number of the row.
  private func ids() -> [String] {
    let rows = sheets.flatMap(\.rows)
    func areGood(_ ids: [String]) -> Bool {
      Set(ids).count == ids.count && !ids.contains { $0.isEmpty }
    }
    if let column = columns.id {
      let ids = rows.map { $0[column].trimmed }
      if areGood(ids) { return ids }
    }
    if let content = columns.contents.first(where: { $0.kind != nil }) {
      let ids = rows.map { row in
        let path = row[content.column].trimmed
        return path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
      }
      if areGood(ids) { return ids }
    }
    return rows.indices.map { "row-\($0 + 1)" }
  }

  /// The file that a row names, from the table's folder.
  private func file(_ path: String, beside table: OwnFile) -> String {
    InputFile.resolve(path, root: table.path.folderOfPath)
  }
}
