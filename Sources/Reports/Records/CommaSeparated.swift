/// Tables that runs and experiments leave as comma-separated values.
enum CommaSeparated {
  /// The cells of each record: between quotation marks, commas and ends of lines are a part of the cell.
  static func records(of bytes: [UInt8]) -> [[String]] {
    var (records, cells, cell) = ([[String]](), [String](), [UInt8]())
    var isQuoted = false
    for byte in bytes {
      switch byte {
      // Of two that stand for one, the second opens the cell again.
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        cell.append(byte)
      case UInt8(ascii: ",") where !isQuoted:
        cells.append(unquoted(cell))
        cell = []
      case UInt8(ascii: "\n") where !isQuoted:
        records.append(cells + [unquoted(cell)])
        (cells, cell) = ([], [])
      default: cell.append(byte)
      }
    }
    return records
  }

  private static func unquoted(_ cell: [UInt8]) -> String {
    let mark = UInt8(ascii: "\"")
    guard cell.count > 1, cell.first == mark, cell.last == mark else {
      return String(decoding: cell, as: UTF8.self)
    }
    let text = String(decoding: cell.dropFirst().dropLast(), as: UTF8.self)
    return text.replacing("\"\"", with: "\"")
  }
}
