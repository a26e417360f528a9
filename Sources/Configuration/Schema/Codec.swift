import Storage

/// What decoding needs to know beyond the value at hand.
struct Scope: Sendable {
  /// The modalities' names, in the order of the file.
  var modalities: [String] = []
  /// The folder that `data.root` of the file is relative to; nil: it stays as it is written.
  var folder: String?
}

/// How one kind of value is read, written and described.
struct Codec<Value>: Sendable {
  /// What is allowed, for messages and the reference: "a number above 0".
  let expected: String
  /// The names that a misspelt one is compared with.
  var names: [String] = []
  /// What a JSON Schema says of it.
  var shape = Shape.anything
  /// Nil where the value as a whole is not what is expected; throws where only a part is wrong.
  let parse: @Sendable (ConfigurationNode, Scope) throws -> Value?
  /// The value as YAML on one line, such that `read` gives it back exactly.
  let write: @Sendable (Value, Scope) -> String

  /// The value of `node`, or the error that says what was expected.
  func read(_ node: ConfigurationNode, _ scope: Scope) throws -> Value {
    if let value = try parse(node, scope) { return value }
    let hint = node.text.map { suggestion(for: $0, among: names) } ?? ""
    throw node.unexpected(expected + hint)
  }
}

extension Codec {
  /// Values written as plain, unquoted text.
  init(
    plain expected: String, names: [String] = [], shape: Shape,
    parse: @escaping @Sendable (String) -> Value?, write: @escaping @Sendable (Value) -> String
  ) {
    self.init(
      expected: expected, names: names, shape: shape,
      parse: { node, _ in node.plainText.flatMap(parse) },
      write: { value, _ in write(value) })
  }

  /// The same values, or `null`.
  var orNull: Codec<Value?> {
    Codec<Value?>(
      expected: "\(expected), or null", names: names, shape: shape.orNull,
      parse: { node, scope in
        // Two kinds of nothing: `.some(nil)` is null as it should be, `nil` is a wrong value.
        node.isNull ? .some(nil) : try parse(node, scope).map { .some($0) }
      },
      write: { value, scope in value.map { write($0, scope) } ?? "null" })
  }

  /// A list of such values.
  func list(_ counts: ClosedRange<Int>, of plural: String) -> Codec<[Value]> {
    let range = counts.lowerBound == 0 ? "at most" : "\(counts.lowerBound) to"
    return Codec<[Value]>(
      expected: "a list of \(range) \(counts.upperBound) \(plural)",
      shape: .list(shape, counts),
      parse: { node, scope in
        guard case .sequence(let items) = node.content, counts.contains(items.count) else {
          return nil
        }
        return try items.map { try read($0, scope) }
      },
      write: { values, scope in
        "[\(values.map { write($0, scope) }.joined(separator: ", "))]"
      })
  }
}

extension Codec where Value == Bool {
  /// `true` or `false`; the other spellings of older YAML are refused.
  static var toggle: Codec {
    Codec(plain: "true or false", shape: .flag, parse: { Bool($0) }, write: { "\($0)" })
  }
}

extension Codec where Value: Equatable & Sendable {
  /// One of several names, each of which stands for a value; in quotes or not, as JSON has them and
  /// people do not. Aliases are read but never written.
  static func named(
    _ choices: [(name: String, value: Value)], aliases: [(name: String, value: Value)] = []
  ) -> Codec {
    let names = choices.map(\.name)
    return Codec(
      expected: names.count == 2 ? names.joined(separator: " or ") : "one of \(names.listed)",
      names: names + aliases.map(\.name), shape: .names(names + aliases.map(\.name)),
      parse: { node, _ in
        node.text.flatMap { text in (choices + aliases).first { $0.name == text }?.value }
      },
      write: { value, _ in choices.first { $0.value == value }?.name.asYAML ?? "null" })
  }
}

extension Codec
where Value: RawRepresentable & CaseIterable & Equatable & Sendable, Value.RawValue == String {
  /// One of the names of an enumeration.
  static var choice: Codec { .named(Value.allCases.map { (name: $0.rawValue, value: $0) }) }
}
