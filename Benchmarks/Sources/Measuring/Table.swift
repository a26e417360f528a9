import Glibc

/// A number with so many digits after the point.
public func decimals(_ value: Double, _ digits: Int) -> String {
  var text = [CChar](repeating: 0, count: 400)
  let length = withVaList([value]) { vsnprintf(&text, text.count, "%.\(digits)f", $0) }
  return String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Prints a table in Markdown.
public func printMarkdown(_ header: [String], _ rows: [[String]]) {
  for row in [header, header.map { _ in "---" }] + rows {
    print("| " + row.joined(separator: " | ") + " |")
  }
}

/// Prints a table; columns are as wide as their widest cell. From column `numbers` on, cells stand
/// to the right.
public func printTable(_ header: [String], _ rows: [[String]], numbersFrom numbers: Int? = nil) {
  let widths = header.indices.map { column in
    ([header] + rows).map { $0[column].count }.max() ?? 0
  }
  for row in [header] + rows {
    let cells = row.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - row[column].count)
      return column >= numbers ?? .max ? space + row[column] : row[column] + space
    }
    print("  " + cells.joined(separator: "   "))
  }
}
