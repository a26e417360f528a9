import Storage

/// Tells a CSV file whose columns are not parted by commas by its header, so that the separator is
/// blamed and not what it leads to.
enum CSVSeparator {
  private static let others: [(byte: UInt8, name: String)] = [
    (UInt8(ascii: ";"), "semicolons"), (UInt8(ascii: "\t"), "tabs"),
    (UInt8(ascii: "|"), "vertical bars"),
  ]

  /// Throws where the header line has `columns` only between other separators than commas.
  static func refuseOthers(_ bytes: [UInt8], place: String, columns: [String]) throws {
    guard let (header, line) = headerLine(bytes) else { return }
    let comma = UInt8(ascii: ",")
    guard !holds(columns, header, separator: comma) else { return }
    for (byte, name) in others where header.contains(byte) {
      // A manifest has three columns or more: a header without a comma is parted by something else.
      guard !header.contains(comma) || holds(columns, header, separator: byte) else { continue }
      throw FileError(
        "\(place):\(line)",
        "the columns are separated by \(name), expected commas; save the file with commas, and"
          + " with fields in quotes where they hold commas")
    }
  }

  /// The first line that is not empty, without a byte order mark, and its number.
  private static func headerLine(_ bytes: [UInt8]) -> (header: ArraySlice<UInt8>, line: Int)? {
    var rest = InputFile.withoutMark(bytes)
    var line = 1
    while !rest.isEmpty {
      let text = rest.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
      if !text.isEmpty { return (text, line) }
      if rest.first == UInt8(ascii: "\n") { line += 1 }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static func holds(
    _ columns: [String], _ header: ArraySlice<UInt8>, separator: UInt8
  ) -> Bool {
    // One name at a time: a list of them would be many times the header where they are short.
    var (missing, rest) = (Set(columns), header)
    while true {
      let name = rest.prefix { $0 != separator }
      let isQuoted = name.count > 1 && name.first == quote && name.last == quote
      missing.remove(
        String(decoding: isQuoted ? name.dropFirst().dropLast() : name, as: UTF8.self))
      guard !missing.isEmpty, name.endIndex < rest.endIndex else { return missing.isEmpty }
      rest = rest[(name.endIndex + 1)...]
    }
  }

  private static let quote = UInt8(ascii: "\"")
}
