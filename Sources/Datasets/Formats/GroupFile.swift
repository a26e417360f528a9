import Storage
import Tensors

/// A CSV file that says which samples belong together: columns `id` and `group`, in any order; other
/// columns are ignored.
public struct GroupFile {
  /// The group of each id that is listed and has one.
  public private(set) var groups: [String: String] = [:]
  /// SHA-256 of the file in hexadecimal; empty: there is none.
  public let digest: String

  /// No file.
  public init() { digest = "" }

  /// Reads the file at `path`; an id may stand there once.
  public init(path: String) throws {
    let bytes = try InputFile.read(path)
    let wanted = ["id", "group"]
    try CSVSeparator.refuseOthers(bytes, place: path, columns: wanted)
    let records = try CSVRecord.parse(bytes, place: path)
    guard let header = records.first else { throw FileError(path, "is empty") }
    let columns = try wanted.map { try header.position(of: $0, place: path) }
    var lines: [String: Int] = [:]
    for record in records.dropFirst() {
      try LongWork.step()
      let place = "\(path):\(record.line)"
      try record.checkCount(header, place: place)
      let (id, group) = (record.fields[columns[0]], record.fields[columns[1]])
      if let problem = SampleID.problem(id) ?? SampleID.problem(ofGroup: group) {
        throw FileError(place, problem)
      }
      if let earlier = lines.updateValue(record.line, forKey: id) {
        throw FileError(place, "the id '\(id.legible())' stands already on line \(earlier)")
      }
      if !group.isEmpty { groups[id] = group }
    }
    var digest = SHA256()
    digest.update(bytes)
    self.digest = digest.hex
  }
}
