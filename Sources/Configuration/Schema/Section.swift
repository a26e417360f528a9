import Storage

/// What a section is written as: values, and sections in sections.
enum Written {
  case value(String)
  case section([(key: String, value: Written)])

  /// The value of the only key of a section that has just one, such as a kind without options.
  var withoutLoneKind: Written {
    if case .section(let entries) = self, entries.count == 1 { entries[0].value } else { self }
  }
}

/// A section of the configuration: its keys, and what they must be together.
///
/// Reading, writing and the reference in `docs/configuration.md` all follow from this one table.
struct Section<Root>: Sendable {
  let fields: [Field<Root>]
  /// Checks what no key can be checked for alone.
  var check: @Sendable (Root, ConfigurationNode, Scope) throws -> Void = { _, _, _ in }

  /// Reads the keys that are there into `root`, which keeps its values for all others.
  func read(
    _ node: ConfigurationNode, into root: inout Root, _ scope: Scope,
    ignoring ignored: String? = nil
  ) throws {
    let names = fields.map(\.key)
    for entry in try node.entries() where !names.contains(entry.key) && entry.key != ignored {
      throw entry.node.error(Self.unknown(entry.key, among: names))
    }
    for field in fields where field.isRequired && node[field.key] == nil {
      throw node.error("found nothing, expected \(field.expected)", below: field.key)
    }
    for field in fields {
      if let child = node[field.key] { try field.read(child, &root, scope) }
    }
    try check(root, node, scope)
  }

  func write(_ root: Root, _ scope: Scope) -> [(key: String, value: Written)] {
    fields.compactMap { field in field.write(root, scope).map { (field.key, $0) } }
  }

  private static func unknown(_ key: String, among names: [String]) -> String {
    if let near = nearestName(to: key, among: names) {
      return "found an unknown key, did you mean '\(near)'?"
    }
    return "found an unknown key, expected one of \(names.listed)"
  }
}

/// A stored property, by its key path.
typealias Property<Root, Value> = any WritableKeyPath<Root, Value> & Sendable

/// One key of a section whose values live in a `Root`.
struct Field<Root>: Sendable {
  let key: String
  /// What is allowed, for messages and the reference.
  let expected: String
  let meaning: String
  var isRequired = false
  /// The default in words, where it is not a value of its own.
  var defaultText: String?
  /// What a JSON Schema says of its value, given the defaults.
  var shape: @Sendable (Root?) -> Shape = { _ in .anything }
  let read: @Sendable (ConfigurationNode, inout Root, Scope) throws -> Void
  /// Nil where there is nothing to write.
  let write: @Sendable (Root, Scope) -> Written?
  /// The tables of the reference below this key, given where it stands and the defaults.
  var tables: @Sendable (ReferenceTable.Place, Root?) -> [ReferenceTable] = { _, _ in [] }
}

extension Field {
  /// A key with one value.
  init<Value>(
    _ key: String, _ property: Property<Root, Value>, _ codec: Codec<Value>,
    isRequired: Bool = false, default defaultText: String? = nil, _ meaning: String
  ) {
    self.init(
      key: key, expected: codec.expected, meaning: meaning, isRequired: isRequired,
      defaultText: defaultText, shape: { _ in codec.shape },
      read: { node, root, scope in root[keyPath: property] = try codec.read(node, scope) },
      write: { root, scope in .value(codec.write(root[keyPath: property], scope)) })
  }

  /// A key with a section below it.
  init<Value>(
    _ key: String, _ property: Property<Root, Value>, _ section: Section<Value>,
    isRequired: Bool = false, default defaultText: String? = nil, _ meaning: String
  ) {
    self.init(
      key: key, expected: "a section", meaning: meaning, isRequired: isRequired,
      defaultText: defaultText, shape: { root in section.shape(root?[keyPath: property]) },
      read: { node, root, scope in try section.read(node, into: &root[keyPath: property], scope) },
      write: { root, scope in .section(section.write(root[keyPath: property], scope)) },
      tables: { place, root in section.tables(place, root?[keyPath: property]) })
  }

  /// A key with a section below it that may be missing or `null`.
  init<Value: Sendable>(
    _ key: String, _ property: Property<Root, Value?>, _ section: Section<Value>,
    initial: Value, _ meaning: String
  ) {
    self.init(
      key: key, expected: "a section, or null", meaning: meaning, defaultText: "null",
      shape: { _ in section.shape(initial).orNull },
      read: { node, root, scope in
        guard !node.isNull else {
          root[keyPath: property] = nil
          return
        }
        var value = initial
        try section.read(node, into: &value, scope)
        root[keyPath: property] = value
      },
      write: { root, scope in
        root[keyPath: property].map { .section(section.write($0, scope)) } ?? .value("null")
      })
  }

  /// The same key, for a type that has a `Root` in it.
  func within<Outer>(_ property: Property<Outer, Root>) -> Field<Outer> {
    Field<Outer>(
      key: key, expected: expected, meaning: meaning, isRequired: isRequired,
      defaultText: defaultText, shape: { outer in shape(outer?[keyPath: property]) },
      read: { node, outer, scope in try read(node, &outer[keyPath: property], scope) },
      write: { outer, scope in write(outer[keyPath: property], scope) },
      tables: { place, outer in tables(place, outer?[keyPath: property]) })
  }
}
