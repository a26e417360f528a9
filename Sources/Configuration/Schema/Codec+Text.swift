import Storage

extension Codec where Value == String {
  /// Text that says something: a path, a name.
  static func text(
    _ expected: String, isForbidden: @escaping @Sendable (Unicode.Scalar) -> Bool = \.isForbidden
  ) -> Codec {
    Codec(
      expected: expected, shape: .text,
      parse: { node, _ in
        guard let text = node.text, !node.isNull, !text.isEmpty, text.utf8.count <= 4096,
          !text.unicodeScalars.contains(where: isForbidden)
        else { return nil }
        return text
      },
      write: { text, _ in text.asYAML })
  }

  /// The path of a file below the data root.
  static var path: Codec { .text("the path of a file") }

  /// The folder of the data: relative to the file's folder, or, on the command line, to the current
  /// one; always absolute when read.
  ///
  /// The default is the folder that the file is in, whatever that is called; so everything that can
  /// be a folder's name is read back.
  static var folder: Codec {
    let text = Codec.text("the path of a folder", isForbidden: { $0 == "\0" })
    return Codec(
      expected: text.expected, shape: text.shape,
      parse: { node, scope in
        guard let path = try text.parse(node, scope) else { return nil }
        let base = node.place.isOverride ? "." : scope.folder
        guard let base else { return path }
        guard !path.hasShellTilde(in: base) else {
          throw node.unexpected(
            "the path of a folder; shells know what '~' means there, files do not: write it out")
        }
        return try path.absolutePath(from: base)
      },
      write: text.write)
  }
}

extension Codec where Value == [String] {
  /// The path of one file, or a list of paths.
  static func paths(_ counts: ClosedRange<Int>) -> Codec {
    let list = Codec<String>.path.list(counts, of: "paths")
    return Codec(
      expected: "the path of a file, or \(list.expected)",
      shape: .either(Codec<String>.path.shape, list.shape),
      parse: { node, scope in
        if let path = try Codec<String>.path.parse(node, scope) { return [path] }
        return try list.parse(node, scope)
      },
      write: list.write)
  }

  /// The classes: so many, named 0, 1, …, or their names.
  static var classes: Codec {
    let count = Codec<Int>.whole(2...1_000_000)
    let names = Codec<String>.text("the name of a class").list(2...1_000_000, of: "names")
    return Codec(
      expected: "the number of classes, from 2 to 1000000, or a list of at least 2 names",
      shape: .either(count.shape, .list(.text, 2...1_000_000, different: true)),
      parse: { node, scope in
        if let count = try count.parse(node, scope) { return (0..<count).map(String.init) }
        let classes = try names.parse(node, scope)
        if let repeated = classes.flatMap(firstRepeated) {
          throw node.error("found '\(repeated.legible())' twice, expected different names")
        }
        return classes
      },
      write: { classes, scope in
        let areNumbers = classes == classes.indices.map(String.init)
        return areNumbers ? "\(classes.count)" : names.write(classes, scope)
      })
  }
}

/// The first name that has been there before.
func firstRepeated(of names: [String]) -> String? {
  var seen: Set<String> = []
  return names.first { !seen.insert($0).inserted }
}

extension Unicode.Scalar {
  fileprivate var hex: String { String(value, radix: 16) }

  /// Whether messages, tables and paths are better off without it; a byte order mark, moreover,
  /// gets lost where text begins.
  fileprivate var isForbidden: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: self == "\u{FEFF}"
    }
  }
}

extension String {
  /// This text as a YAML value: bare where that is safe, quoted where YAML would see more in it.
  var asYAML: String {
    let isBare =
      first.map { $0.isASCII && ($0.isLetter || $0 == "/" || $0 == ".") } == true
      && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
    let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    guard !isBare || words.contains(lowercased()) || self == "..." else { return self }
    let escaped = unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case _ where scalar == "\\" || scalar == "\"": "\\\(scalar)"
      // What looks like aliases would count against the text when it is read.
      case _ where scalar == "*": "\\x2A"
      case .format, .control, .privateUse, .unassigned:
        "\\U" + String(repeating: "0", count: 8 - scalar.hex.count) + scalar.hex
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
