/// Tables that runs and experiments leave as comma-separated values.
enum CommaSeparated {
  /// The most cells that are read: a table of more has more than a page can show, and each takes many times the
  /// memory of its bytes.
  private static let mostCells = 150_000

  /// The cells of each record: between quotation marks, commas and ends of lines are a part of the cell.
  static func records(of bytes: [UInt8]) -> [[String]] {
    var (records, cells, cell) = ([[String]](), [String](), [UInt8]())
    var (isQuoted, count) = (false, 0)
    for byte in bytes where count < mostCells {
      switch byte {
      // Of two that stand for one, the second opens the cell again.
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        cell.append(byte)
      case UInt8(ascii: ",") where !isQuoted:
        cells.append(unquoted(cell))
        count += 1
        cell = []
      case UInt8(ascii: "\n") where !isQuoted:
        records.append(cells + [unquoted(cell)])
        count += 1
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
