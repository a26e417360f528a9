import Storage

/// The keys of one section, as a table of the reference.
///
/// `docs/configuration.md` holds exactly these tables, and a test sees to it.
struct ReferenceTable: Equatable, Sendable {
  /// Where a section stands.
  struct Place: Equatable, Sendable {
    /// The keys that lead to the section; empty for the file itself.
    var path = ""
    /// The kind of the section it is, or is part of.
    var kind: String?

    /// The place of a section of this section.
    func below(_ key: String) -> Place {
      Place(path: path.isEmpty ? key : "\(path).\(key)", kind: kind)
    }
  }

  let place: Place
  /// A sentence on what the section is.
  let note: String?
  let rows: [[String]]

  /// The heading and the table, in Markdown.
  var markdown: String {
    let heading = place.path.isEmpty ? "The file itself" : "`\(place.path)`"
    let kind = place.kind.map { " (kind: `\($0)`)" } ?? ""
    return """
      ### \(heading)\(kind)

      \(note.map { "\($0)\n\n" } ?? "")| Key | Value | Default | Meaning |
      | --- | --- | --- | --- |
      \(rows.map(Markdown.row).joined(separator: "\n"))

      """
  }
}

extension Section {
  /// The table of this section with the defaults of `initial`, and the tables of those below it.
  func tables(
    _ place: ReferenceTable.Place, _ initial: Root?, note: String? = nil
  ) -> [ReferenceTable] {
    let rows = fields.map { field in
      ["`\(field.key)`", field.expected, field.defaultCell(initial), field.meaning]
    }
    let below = fields.flatMap { field in field.tables(place.below(field.key), initial) }
    return [ReferenceTable(place: place, note: note, rows: rows)] + below
  }
}

extension Field {
  fileprivate func defaultCell(_ initial: Root?) -> String {
    if isRequired { return "required" }
    if let defaultText { return defaultText }
    guard let initial, case .value(let text) = write(initial, Scope()) else { return "see below" }
    return "`\(text)`"
  }
}
