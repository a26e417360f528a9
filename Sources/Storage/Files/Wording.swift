/// A count with its noun: `1 byte`, `2 bytes`, `2 entries`.
public func counted(_ count: Int, _ noun: String) -> String {
  if count == 1 { return "1 \(noun)" }
  return noun.hasSuffix("y") ? "\(count) \(noun.dropLast())ies" : "\(count) \(noun)s"
}

/// A name out of a file as a message may show it: quoted, on one line, at most 80 characters.
public func quoted(_ name: String) -> String {
  var shown = ""
  for scalar in name.unicodeScalars.prefix(80) {
    let isPlain = !scalar.spoilsLines && scalar != "\"" && scalar != "\\"
    shown += isPlain ? String(scalar) : scalar.escaped(asASCII: true)
  }
  return "\"\(shown)\(name.unicodeScalars.count > 80 ? "…" : "")\""
}

/// Names as a message lists them: `'a', 'b', 'c'`, legible, the first twelve of many.
public func quoted(_ names: [String]) -> String {
  let listed = names.prefix(12).map { "'\($0.legible())'" }.joined(separator: ", ")
  return names.count > 12 ? "\(listed) and \(names.count - 12) more" : listed
}

extension String {
  /// This text for a terminal or a log: what would move a cursor, change colours or the direction of
  /// writing is shown as a number. Lines stay lines.
  public func withoutControls() -> String {
    guard unicodeScalars.contains(where: \.steersTerminals) else { return self }
    return unicodeScalars.map {
      $0.steersTerminals ? "\\u{\(String($0.value, radix: 16))}" : String($0)
    }.joined()
  }

  /// This text on one line and not too long, for messages.
  public func legible() -> String {
    let isLong = unicodeScalars.count > 60
    return String(String.UnicodeScalarView(unicodeScalars.prefix(60))).onOneLine()
      + (isLong ? "…" : "")
  }

  /// This text with escapes for what would begin a new line, reach a terminal as a command, or turn
  /// the order of letters around.
  public func onOneLine() -> String {
    guard unicodeScalars.contains(where: \.spoilsLines) else { return self }
    return unicodeScalars.map {
      $0.spoilsLines ? "\\u{\(String($0.value, radix: 16))}" : String($0)
    }.joined()
  }
}

extension Unicode.Scalar {
  fileprivate var spoilsLines: Bool {
    if isASCII { return value < 0x20 || value == 0x7f }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}

extension [String] {
  /// The names with commas, shortened where they are very many.
  public var listed: String {
    let shown = prefix(64).map { $0.legible() }.joined(separator: ", ")
    return count > 64 ? "\(shown) …" : shown
  }
}

extension Unicode.Scalar {
  /// Whether terminals obey it: control characters, but for the end of a line, and marks that turn the
  /// direction of writing.
  fileprivate var steersTerminals: Bool {
    switch value {
    case 0x0A: false
    case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
    default: properties.generalCategory == .control
    }
  }
}
