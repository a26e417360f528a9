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
  public var lines: [String] { lines(of: Array(header.indices)) }

  /// The table as lines of at most `width` columns, if it can be: columns that do not fit stand below,
  /// after the first one once more.
  public func lines(within width: Int?) -> [String] {
    guard let width else { return lines }
    var lines: [String] = []
    var group = [0]
    var taken = widths[0]
    for column in header.indices.dropFirst() {
      if group.count > 1, taken + 2 + widths[column] > width {
        lines += self.lines(of: group) + [""]
        (group, taken) = ([0], widths[0])
      }
      group.append(column)
      taken += 2 + widths[column]
    }
    return lines + self.lines(of: group)
  }

  private var widths: [Int] {
    header.indices.map { column in
      ([header] + rows).map { WordWrap.columns($0[column]) }.max() ?? 0
    }
  }

  private func lines(of columns: [Int]) -> [String] {
    let widths = self.widths
    func line(_ cells: [String]) -> String {
      columns.map { column in
        let cell = cells[column]
        let padding = String(repeating: " ", count: widths[column] - WordWrap.columns(cell))
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }
    let rule = columns.map { String(repeating: "-", count: widths[$0]) }.joined(separator: "  ")
    return [line(header), rule] + rows.map(line)
  }
}
