/// Text in lines of a certain width.
enum WordWrap {
  /// A line as lines of at most `width` columns, broken at blanks; those after the first begin two
  /// columns further in. A word that is longer than a line has one of its own, whole: it may be a path
  /// that somebody wants to copy.
  static func lines(_ line: String, width: Int) -> [String] {
    guard columns(line) > width else { return [line] }
    let margin = line.prefix { $0 == " " }
    let indent = margin + "  "
    var lines: [String] = []
    var current = String(margin)
    var blanks = ""
    var isEmpty = true
    for word in words(of: line.dropFirst(margin.count)) {
      if word.first == " " {
        blanks = word
      } else if isEmpty || columns(current) + blanks.count + columns(word) <= width {
        current += (isEmpty ? "" : blanks) + word
        isEmpty = false
      } else {
        lines.append(current)
        current = indent + word
      }
    }
    return lines + [current]
  }

  /// Words and the blanks between them, in turns.
  private static func words(of text: Substring) -> [String] {
    var parts: [String] = []
    for character in text {
      if let last = parts.last?.last, (last == " ") == (character == " ") {
        parts[parts.count - 1].append(character)
      } else {
        parts.append(String(character))
      }
    }
    return parts
  }

  /// The columns that a text takes in a terminal: two for a character of East Asian width or an emoji.
  static func columns(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
  }

  private static func isWide(_ character: Character) -> Bool {
    guard let value = character.unicodeScalars.first?.value, value >= 0x1100 else { return false }
    return wide.contains { $0.contains(value) }
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
    0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]

  /// The beginning of a text that fits into so many columns.
  static func prefix(_ text: String, columns limit: Int) -> String {
    var left = limit
    return String(
      text.prefix {
        left -= isWide($0) ? 2 : 1
        return left >= 0
      })
  }
}
