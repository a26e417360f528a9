import Storage
import Tensors

/// The rows of a split's manifests with the text of each: the column `text`, or a file of its own.
struct TextRows {
  let rows: [ManifestRow]
  let texts: [String]

  /// - Parameter classes: the names of the classes; nil: nobody asks for labels.
  init(_ paths: [String], _ options: TextOptions, root: String, classes: [String]?) throws {
    let manifest = try Manifest.load(
      paths: paths, root: root, classes: classes, column: options.areFiles ? .path : .text,
      encoding: options.areFiles ? .utf8 : options.encoding)
    rows = manifest.rows
    texts =
      options.areFiles
      ? try rows.map { try Self.text(of: $0, root: root, options.encoding) } : rows.map(\.value)
  }

  /// One text that somebody has written where the sample was named.
  init(_ text: String, id: String) {
    rows = [
      ManifestRow(id: id, label: 0, value: text, index: nil, group: nil, file: "the text", line: 1)
    ]
    texts = [text]
  }

  /// The text of one file.
  init(file path: String, id: String, _ options: TextOptions) throws {
    let row = ManifestRow(
      id: id, label: 0, value: path, index: nil, group: nil, file: path, line: 1)
    rows = [row]
    texts = [try Self.text(of: row, root: "", options.encoding)]
  }

  /// No transcript of a sample is longer, in bytes; other files may well be.
  private static let longestText = 16 << 20

  private static func text(
    of row: ManifestRow, root: String, _ encoding: TextEncoding
  ) throws -> String {
    try LongWork.step()
    let path = InputFile.resolve(row.value, root: root)
    do {
      let bytes = try InputFile.read(path, atMost: longestText)
      return try InputFile.text(of: encoding.utf8(bytes, place: path), place: path)
    } catch let error as FileError {
      throw FileError(
        error.place, "\(error.problem) (listed at \(row.place))",
        isOfMissingFile: error.isOfMissingFile)
    }
  }
}
