import Storage
import Yams

/// Turns YAML text into nodes with places, and whatever is wrong with the text into one sentence.
///
/// Anchors and aliases work as long as the values do not multiply; tags of other programs and merge
/// keys are refused.
struct YAMLComposer {
  /// More than the deepest key, `modalities.NAME.data.spectrogram.kind`, needs.
  static let largestDepth = 16

  /// The file as the user named it, or `--set path.to.key`.
  let file: String
  private let limits: ReadingLimits
  private var valueCount = 0

  init(file: String, limits: ReadingLimits) {
    self.file = file
    self.limits = limits
  }

  /// The one value that `text` holds, found under the keys `path`; nil if the text holds nothing.
  mutating func compose(_ text: String, path: String = "") throws -> ConfigurationNode? {
    let bound = Double(text.utf8.count) * aliasGrowthBound(of: text)
    guard bound <= limits.followedByteCount else {
      throw refusal(of: nil, "found aliases that multiply", tamed)
    }
    guard valueBound(of: text) <= limits.markCount else {
      throw refusal(
        of: nil, "found more than \(limits.markCount) lines, commas and colons",
        "expected a configuration; check that this is the right file")
    }
    guard let root = try composed(text) else { return nil }
    return try convert(root, line: root.mark?.line, path: path, depth: 0)
  }

  private let tamed = "expected at most one level of them; write the values out"

  private func composed(_ text: String) throws -> Node? {
    do {
      return try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      // JSON writes what is beyond 16 bits as two escapes; YAML knows escapes of 32 bits.
      if let joined = text.joiningSurrogateEscapes(), let root = try? composed(joined) {
        return root
      }
      throw sentence(for: error, in: text)
    }
  }

  // MARK: Nodes

  private mutating func convert(
    _ node: Node, line: Int?, path: String, depth: Int
  ) throws -> ConfigurationNode {
    valueCount += 1
    guard valueCount <= limits.valueCount else {
      throw refusal(of: line, "found more than \(limits.valueCount) values", tamed)
    }
    guard depth <= Self.largestDepth else {
      throw refusal(
        of: line, "found values more than \(Self.largestDepth) levels deep",
        "expected a configuration; check the brackets")
    }
    try checkTag(of: node, line: line)
    let content: ConfigurationNode.Content
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain && Tag.Name(rawValue: scalar.tag.description) != .str
      content = .scalar(scalar.string, isPlain: isPlain)
    case .sequence(let items):
      content = .sequence(
        try items.enumerated().map { index, item in
          try convert(item, line: item.mark?.line, path: "\(path)[\(index)]", depth: depth + 1)
        })
    case .mapping(let pairs):
      content = .mapping(
        try pairs.map { key, value in
          let name = try self.name(of: key, line: key.mark?.line ?? line)
          let path = path.isEmpty ? name.legible() : "\(path).\(name.legible())"
          // An aliased value stands where its anchor is; what people look for is the key.
          let line = key.mark?.line ?? line
          return .init(
            key: name, node: try convert(value, line: line, path: path, depth: depth + 1))
        })
    case .alias:
      throw refusal(of: line, "found an alias without a value", "expected the value itself")
    }
    return ConfigurationNode(content: content, place: place(line), path: path)
  }

  private func name(of key: Node, line: Int?) throws -> String {
    guard let scalar = key.scalar else {
      throw refusal(of: line, "found a list or a section as a key", "expected a name")
    }
    guard scalar.string != "<<" || scalar.style != .plain else {
      throw refusal(of: line, "found the merge key '<<'", "expected a name; write the values out")
    }
    return scalar.string
  }

  private func checkTag(of node: Node, line: Int?) throws {
    // Asked of the parts, not of the node: there it would be guessed from the text.
    let tag =
      switch node {
      case .scalar(let scalar): scalar.tag.description
      case .sequence(let sequence): sequence.tag.description
      case .mapping(let mapping): mapping.tag.description
      case .alias(let alias): alias.tag.description
      }
    let known: [Tag.Name] = [.implicit, .nonSpecific, .str, .int, .float, .bool, .null, .seq, .map]
    guard known.map(\.rawValue).contains(tag) else {
      throw refusal(
        of: line, "found the tag '\(tag.legible())'", "expected a plain value; remove it")
    }
  }

  // MARK: Errors

  private func place(_ line: Int?) -> ConfigurationNode.Place {
    ConfigurationNode.Place(file: file, line: isOverride ? nil : line)
  }

  private var isOverride: Bool { ConfigurationNode.Place(file: file, line: nil).isOverride }

  func refusal(of line: Int?, _ found: String, _ expected: String) -> ConfigurationError {
    ConfigurationError(
      file: file, line: isOverride ? nil : line, problem: "\(found), \(expected)")
  }

  private func sentence(for error: YamlError, in text: String) -> ConfigurationError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _):
      let reason = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
      return refusal(
        of: mark.line, "found broken YAML (\(reason))",
        "expected 'key: value' lines; indent with spaces, close brackets and quotes")
    case .composer(_, "but found another document", let mark, _):
      return refusal(of: mark.line, "found a second document", "expected one; remove the '---'")
    case .composer(_, let problem, let mark, _):
      return refusal(
        of: mark.line, "found an alias that cannot be followed (\(problem))",
        "expected one with its anchor above it; write the value out")
    case .reader(let problem, let offset, _, _):
      let line = offset.map { offset in 1 + text.prefix(offset).count(where: \.isNewline) }
      return refusal(
        of: line, "found a character that YAML forbids (\(problem))",
        "expected readable text; remove the character")
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicateKey(in: text)
        ?? refusal(
          of: context.mark.line, "found the key '\(keys.first?.legible() ?? "")' twice",
          "expected it once; remove one")
    default:
      return refusal(of: nil, "found YAML that cannot be read (\(error))", "expected readable YAML")
    }
  }

  private func duplicateKey(in text: String) -> ConfigurationError? {
    guard let duplicate = DuplicateKey(in: text) else { return nil }
    let places = isOverride ? " twice" : " in line \(duplicate.firstLine) and again here"
    return refusal(
      of: duplicate.secondLine, "found the key '\(duplicate.key.legible())'\(places)",
      "expected it once; remove one")
  }
}
