import Storage

/// A table with what stands above it, in every form in which it is told.
public struct TitledTable: Sendable {
  /// The name of its file.
  public let name: String
  /// What it is of.
  public let title: String
  /// The titles of its columns.
  public let header: [String]
  /// Its rows, as long as the header.
  public let rows: [[String]]

  /// A table made of its parts.
  public init(name: String, title: String, header: [String], rows: [[String]]) {
    (self.name, self.title, self.header, self.rows) = (name, title, header, rows)
  }

  /// As the console has tables.
  public var text: TextTable {
    var table = TextTable(header)
    rows.forEach { table.add($0) }
    return table
  }

  /// In Markdown, with the title as a heading.
  public var markdown: String {
    let rule = ["---"] + header.dropFirst().map { _ in "---:" }
    return
      (["## \(title)", "", Markdown.row(header), Markdown.row(rule)]
      + rows.map(Markdown.row) + [""]).joined(
        separator: "\n")
  }

  /// In LaTeX: a `table` with a `tabular` in it, which needs no package.
  public var latex: String {
    func line(_ cells: [String]) -> String {
      cells.map(Self.inLaTeX).joined(separator: " & ") + " \\\\"
    }
    let columns = "l" + String(repeating: "r", count: header.count - 1)
    return
      ([
        "\\begin{table}", "\\caption{\(Self.inLaTeX(title))}", "\\label{tab:\(name)}",
        "\\begin{tabular}{\(columns)}", "\\hline", line(header), "\\hline",
      ] + rows.map(line) + ["\\hline", "\\end{tabular}", "\\end{table}", ""]).joined(
        separator: "\n")
  }

  /// As comma-separated values.
  public var csv: String {
    ([header] + rows).map { $0.map(CSV.field).joined(separator: ",") }.joined(separator: "\n")
      + "\n"
  }

  /// A text that LaTeX shows as it is.
  static func inLaTeX(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "±": "$\\pm$"
      case "·": "$\\cdot$"
      case "<": "$<$"
      case ">": "$>$"
      case "|": "$|$"
      default: "\(character)"
      }
    }.joined()
  }
}

extension Console {
  /// Says a table with its title, after an empty line.
  public func say(_ table: TitledTable) {
    say()
    say(table.title)
    say(table.text)
  }
}
