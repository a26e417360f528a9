import Foundation

/// A text of this repository.
struct Document {
  let text: String

  /// The package's folder.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Reads a file by its path below the package's folder.
  init(_ path: String) throws {
    text = try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }

  /// What stands below a heading of the second level, up to the next one.
  func section(_ heading: String) -> [Substring] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return Array(
      lines.drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") })
  }

  /// The cells of the tables in a section, without their headings.
  func tableRows(below heading: String) -> [[String]] {
    section(heading).filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }.dropFirst().map {
      $0.replacing("\\|", with: "").split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
  }

  /// The words in backticks of a text.
  static func codes(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// The keys that a section's tables name in their first column. `a.b`, `.c` stands for a.b and a.c.
  func keys(below heading: String) -> Set<String> {
    var keys: Set<String> = []
    for row in tableRows(below: heading) {
      var last = ""
      for code in Self.codes(row[0]) {
        let parent = last.split(separator: ".").dropLast().joined(separator: ".")
        last = code.hasPrefix(".") ? parent + code : code
        keys.insert(last)
      }
    }
    return keys
  }

  /// The fenced blocks of a language, `yaml` for instance.
  func blocks(_ language: String) -> [String] {
    text.components(separatedBy: "\n```\(language)\n").dropFirst().map {
      $0.components(separatedBy: "\n```")[0] + "\n"
    }
  }
}
