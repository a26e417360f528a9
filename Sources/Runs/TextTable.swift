/// A table for people: the first column to the left, all others to the right.
public struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []

  /// A table with the given column titles.
  public init(_ header: [String]) { self.header = header }

  /// Adds a row with as many cells as there are columns.
  public mutating func add(_ row: [String]) {
    precondition(row.count == header.count, "\(row.count) cells in \(header.count) columns")
    rows.append(row)
  }

  /// The table as lines.
  public var lines: [String] {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }
      return padded.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return [line(header), rule] + rows.map(line)
  }
}
