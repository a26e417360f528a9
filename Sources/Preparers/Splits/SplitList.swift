import Datasets
import Storage

/// A list that says which samples are in a part, in any of the forms that authors have published.
struct SplitList {
  /// A line of it.
  struct Entry: Equatable {
    /// The sample's name, without the ending of a file.
    let name: String
    /// The class it names; nil: none.
    let label: String?
    /// Its part.
    let part: Part
    /// Its line, from 1.
    let line: Int
  }

  /// The file.
  let path: String
  let entries: [Entry]

  /// Reads the list at `path`:
  /// - CSV with the columns `id` and `split`, as `splits.csv` here;
  /// - CSV without a header, a name and what else: `1088_IOM_NEU_XX,NEU`, `-3Mwkq-7TV4_2,10,23` (OGM-GE);
  /// - JSON lines with `id` or `img`, and `label` (MMBT, QMF);
  /// - lines of a file's name, a blank and a class: `1085_IWL_SAD_XX.flv Sad` (MLA), or a name alone;
  /// - lines whose parts stand between `[split|sign]` (MLA's IEMOCAP).
  ///
  /// But for the first form, the name of the file says which part it lists.
  init(_ path: String) throws {
    self.path = path
    let bytes = try NamedFile.read(path)
    let name = String(path.split(separator: "/").last ?? "").lowercased()
    if name.hasSuffix(".csv") {
      entries = try Self.table(CSVRecord.parse(bytes, place: path), path, name)
    } else if name.hasSuffix(".jsonl") {
      entries = try Self.objects(InputFile.text(of: bytes, place: path), path, name)
    } else {
      entries = try Self.lines(InputFile.text(of: bytes, place: path), path, name)
    }
    guard !entries.isEmpty else { throw FileError(path, "names no samples") }
  }

  private static func table(
    _ records: [CSVRecord], _ path: String, _ name: String
  ) throws -> [Entry] {
    guard let header = records.first?.fields, let id = header.firstIndex(of: "id"),
      let split = header.firstIndex(of: "split")
    else {
      let part = try part(named: name, path)
      return records.map { record in
        let label = record.fields.count > 1 ? record.fields.last : nil
        return Entry(
          name: stem(record.fields.first ?? ""), label: label, part: part, line: record.line)
      }
    }
    return try records.dropFirst().map { record in
      let place = "\(path):\(record.line)"
      guard record.fields.count == header.count else {
        throw FileError(
          place, "has \(counted(record.fields.count, "field")), but the header has \(header.count)")
      }
      guard let part = Part(rawValue: record.fields[split]) else {
        throw FileError(
          place, "the split is '\(record.fields[split].legible())', expected train, dev or test")
      }
      // Such a file names samples as they are: an ending would be part of the name.
      return Entry(name: record.fields[id], label: nil, part: part, line: record.line)
    }
  }

  private static func objects(_ text: String, _ path: String, _ name: String) throws -> [Entry] {
    let part = try part(named: name, path)
    return try JSONLine.lines(of: text, file: path).map { line in
      let shown = try line.text("img") ?? line.needed("id")
      return Entry(name: stem(shown), label: line.text("label"), part: part, line: line.number)
    }
  }

  private static func lines(_ text: String, _ path: String, _ name: String) throws -> [Entry] {
    let part = try part(named: name, path)
    return try TextLine.lines(of: text).compactMap { line in
      let signed = String(line.text).components(separatedBy: "[split|sign]").map(\.trimmed)
      if signed.count > 1 {
        return Entry(name: stem(signed[0]), label: signed.last, part: part, line: line.number)
      }
      // OGM-GE's lists of Kinetics are tables that are called texts.
      let separator = line.text.prefix { $0 != " " }.contains(",") ? "," : " " as Character
      let words = line.text.split(separator: separator, maxSplits: 1)
      guard let first = words.first, !String(first).trimmed.isEmpty else { return nil }
      return Entry(
        name: stem(String(first)), label: words.count > 1 ? String(words[1]).trimmed : nil,
        part: part, line: line.number)
    }
  }

  /// The part that a file's name speaks of.
  private static func part(named name: String, _ path: String) throws -> Part {
    let parts: [(word: String, part: Part)] = [
      ("train", .train), ("test", .test), ("dev", .dev), ("val", .dev),
    ]
    let found = parts.filter { name.contains($0.word) }.map(\.part)
    guard let part = found.first, Set(found).count == 1 else {
      throw FileError(
        path,
        "its name does not say which part it lists, expected one of train, dev, val and test in it;"
          + " rename it, or list ids and parts in a CSV file with the columns id and split")
    }
    return part
  }

  /// A name without folders in front and without the ending of a medium.
  static func stem(_ name: String) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let endings = [".flv", ".mp4", ".avi", ".mp3", ".wav", ".jpg", ".jpeg", ".png", ".txt", ".npy"]
    let ending = endings.first { last.lowercased().hasSuffix($0) }
    return String(last.dropLast(ending?.count ?? 0))
  }
}
