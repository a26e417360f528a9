import Storage

/// What the columns of a table are, by their names and by what stands in them.
struct OwnColumns {
  /// A column that is a modality.
  struct Content {
    let column: Int
    /// Nil: the text itself; else the kind of the files that it names.
    let kind: OwnFile.Kind?
  }

  var id: Int?
  var label: Int?
  var group: Int?
  var part: Int?
  var contents: [Content] = []
  /// Columns of no use.
  var others: [Int] = []

  private static let ids: Set = ["id", "sample", "sample_id", "sampleid", "key", "uid", "name"]
  private static let labels: Set = [
    "label", "class", "target", "category", "emotion", "sentiment", "y", "genre", "species",
  ]
  private static let groups: Set = [
    "group", "speaker", "speaker_id", "subject", "subject_id", "user", "user_id", "author",
    "patient",
    "patient_id", "session", "participant", "actor", "page",
  ]
  private static let parts: Set = ["split", "part", "partition", "subset"]
  private static let texts: Set = [
    "text", "sentence", "title", "caption", "utterance", "transcript", "transcription", "tweet",
    "review", "comment", "description", "message", "body", "question",
  ]

}

extension OwnColumns {
  /// Looks at a table with the columns `header`.
  ///
  /// - Parameter file: the table, for messages.
  init(
    _ header: [String], _ rows: [[String]], _ options: OwnData.Options, file: String
  ) throws {
    func column(_ name: String?, _ option: String) throws -> Int? {
      guard let name else { return nil }
      guard let column = header.firstIndex(of: name) else {
        throw FileError(
          option, "found '\(name.legible())', but the columns of \(file) are \(quoted(header))")
      }
      return column
    }
    func values(_ column: Int) -> [String] { rows.map { $0[column] } }
    label = try column(options.label, "--label")
    group = try column(options.group, "--group")
    var taken = Set([label, group].compactMap { $0 })
    func free(_ names: Set<String>) -> [Int] {
      header.indices.filter { !taken.contains($0) && names.contains(header[$0].lowercased()) }
    }
    func take(_ column: Int?) -> Int? {
      if let column { taken.insert(column) }
      return column
    }
    for place in header.indices where !taken.contains(place) {
      guard let kind = Self.kind(ofFiles: values(place)) else { continue }
      contents.append(Content(column: place, kind: kind))
      taken.insert(place)
    }
    id = take(free(Self.ids).first)
    part = take(
      free(Self.parts).first { place in
        rows.allSatisfy { OwnFolders.part(named: $0[place].trimmed) != nil }
      })
    if group == nil { group = take(free(Self.groups).first) }
    if label == nil { label = take(try Self.only(free(Self.labels), header, file)) }
    let prose = header.indices.filter { Self.isProse(values($0)) }
    for place in free(Self.texts) + prose where taken.insert(place).inserted {
      contents.append(Content(column: place, kind: nil))
    }
    let rest = header.indices.filter { !taken.contains($0) }
    if label == nil {
      label = try Self.only(rest.filter { Self.isOfClasses(values($0)) }, header, file)
    }
    others = rest.filter { $0 != label }
    contents.sort { $0.column < $1.column }
  }

  /// The kind of the files that values name; nil: they name none.
  private static func kind(ofFiles values: [String]) -> OwnFile.Kind? {
    let named = values.filter { !$0.trimmed.isEmpty }
    let kinds = named.compactMap { OwnFile.Kind(of: $0.trimmed) }.filter {
      [.image, .sound, .text].contains($0)
    }
    guard let kind = kinds.first, kinds.count * 5 >= named.count * 4 else { return nil }
    return kinds.allSatisfy { $0 == kind } ? kind : nil
  }

  /// Whether values are sentences: three words and more, and hardly one twice.
  private static func isProse(_ values: [String]) -> Bool {
    let words = values.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
    return words >= 3 * values.count && Set(values).count * 2 > values.count
  }

  /// Whether values are names of few classes, each of several rows.
  private static func isOfClasses(_ values: [String]) -> Bool {
    let names = Set(values.map(\.trimmed)).subtracting([""])
    return 2...1000 ~= names.count && names.count * 2 <= values.count
  }

  /// The only one of some columns that could be the label; nil: there is none.
  private static func only(_ columns: [Int], _ header: [String], _ file: String) throws -> Int? {
    guard columns.count > 1 else { return columns.first }
    throw FileError(
      file,
      "has several columns that could be the label, \(quoted(columns.map { header[$0] })); say which: --label COLUMN"
    )
  }
}
