import Datasets
import Storage
import Tensors

extension Preparation {
  /// The file of a medium in a part.
  static func manifestName(_ medium: Medium, _ part: Part) -> String {
    "\(medium.rawValue)_\(part.rawValue).csv"
  }

  /// Writes the manifests, `classes.txt`, `splits.csv` and `report.json`, whole or not at all each, the
  /// report last.
  ///
  /// - Parameter isAbsolute: whether paths are absolute; else they start from the set's folder.
  /// - Throws: `fault`, if there is one; `FileError` where something cannot be written.
  public func write(to output: PreparationFolder, isAbsolute: Bool) throws {
    if let fault { throw fault }
    try output.make()
    for part in report.parts {
      for medium in report.media {
        let lines = try manifest(medium, entries[part] ?? [], isAbsolute: isAbsolute)
        try output.write(lines, to: Self.manifestName(medium, part))
      }
    }
    try output.write(report.classes, to: "classes.txt")
    try output.write(splits, to: "splits.csv")
    try output.write([report.json.text(pretty: true)], to: "report.json")
  }

  private var splits: [String] {
    let all = entries.flatMap { part, entries in entries.map { ($0.sample, part) } }
      .sorted { $0.0.id.precedes($1.0.id) }
    return ["id,split,group"]
      + all.map { sample, part in
        [sample.id, part.rawValue, sample.group].map(CSV.field).joined(separator: ",")
      }
  }

  private func manifest(
    _ medium: Medium, _ entries: [Entry], isAbsolute: Bool
  ) throws -> [String] {
    let hasCuts = entries.contains { entry in
      if case .path(_, .some) = entry.findings[medium] { true } else { false }
    }
    let header = ["id", "label", medium == .text ? "text" : "path", "group"]
    var lines = [(hasCuts ? header + ["start", "end", "half"] : header).joined(separator: ",")]
    for entry in entries {
      try LongWork.step()
      var fields = [entry.sample.id, entry.sample.label]
      switch entry.findings[medium] {
      case .text(let text): fields += [text, entry.sample.group]
      case .path(let path, let cut):
        let written = isAbsolute ? InputFile.resolve(path, root: report.folder) : path
        fields += [written, entry.sample.group]
        if hasCuts { fields += cut.map { [$0.start, $0.end, $0.half] } ?? ["", "", ""] }
      case .missing, .broken, nil: continue
      }
      lines.append(fields.map(CSV.field).joined(separator: ","))
    }
    return lines
  }
}
