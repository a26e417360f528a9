import Storage

/// A value of a configuration, with the place it was written at and the keys that lead to it.
struct ConfigurationNode: Sendable {
  /// What a value can be.
  enum Content: Sendable {
    /// Text; plain text is what may also be a number, `true`, or nothing at all.
    case scalar(String, isPlain: Bool)
    case sequence([ConfigurationNode])
    case mapping([Entry])
  }

  /// A key of a section, with its value.
  struct Entry: Sendable {
    let key: String
    var node: ConfigurationNode
  }

  /// Where a value was written: a line of the file, or a `--set` of the command line.
  struct Place: Sendable {
    let file: String
    let line: Int?
    /// Told byte by byte: a key may begin with an accent, which makes another letter of the blank.
    var isOverride: Bool { file.utf8.starts(with: "--set ".utf8) }
  }

  var content: Content
  let place: Place
  /// The keys that lead here, such as `modalities.audio.data`.
  let path: String

  /// Whether nothing was written, or `null`.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null"].contains(text)
  }

  /// Text, quoted or not. Nothing is text too: a modality may be called `null`.
  var text: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// Text that was not quoted, unless it stands for nothing.
  var plainText: String? {
    guard case .scalar(let text, isPlain: true) = content, !isNull else { return nil }
    return text
  }

  /// The entries of a section; a section with nothing in it is a section too.
  func entries() throws -> [Entry] {
    if isNull { return [] }
    guard case .mapping(let entries) = content else {
      throw unexpected("a section of keys")
    }
    return entries
  }

  /// A section without keys, in the place of this one.
  var emptied: ConfigurationNode {
    ConfigurationNode(content: .mapping([]), place: place, path: path)
  }

  /// This section without a key.
  func without(_ key: String) -> ConfigurationNode {
    guard case .mapping(let entries) = content else { return self }
    var copy = self
    copy.content = .mapping(entries.filter { $0.key != key })
    return copy
  }

  /// The value of a key, if this is a section that has it.
  subscript(key: String) -> ConfigurationNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.node
  }

  /// The error that this value is not what was expected.
  func unexpected(_ expected: String) -> ConfigurationError {
    error("found \(found), expected \(expected)")
  }

  /// An error at this value, or at a key below it that is not there.
  func error(_ problem: String, below key: String? = nil) -> ConfigurationError {
    ConfigurationError(
      file: place.file, line: place.line, key: key.map(pathBelow) ?? path, problem: problem)
  }

  /// The path of a key of this section.
  func pathBelow(_ key: String) -> String {
    path.isEmpty ? key.legible() : "\(path).\(key.legible())"
  }

  /// The value in a few words, for messages.
  var found: String {
    switch content {
    case .scalar where isNull: return "nothing"
    case .scalar(let text, isPlain: true): return text.legible()
    case .scalar(let text, isPlain: false): return "\"\(text.legible())\""
    case .mapping: return "a section of keys"
    case .sequence(let items):
      let areShort = items.count <= 8 && items.allSatisfy(\.isScalar)
      return areShort
        ? "[\(items.map(\.found).joined(separator: ", "))]" : "a list of length \(items.count)"
    }
  }

  private var isScalar: Bool {
    if case .scalar = content { true } else { false }
  }
}
