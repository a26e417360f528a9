/// One of the kinds that a section with a `kind` can be: a source of data, an encoder.
///
/// A new kind is its keys in a `Section`, and one entry in the table of its family.
struct Variant<Family>: Sendable {
  let kind: String
  /// Other names of the kind, which are read but never written.
  let aliases: [String]
  let read: @Sendable (ConfigurationNode, Scope) throws -> Family
  /// Reads the keys that are there over a value of the same kind; over the defaults where it is of another.
  let readOver: @Sendable (ConfigurationNode, Family, Scope) throws -> Family
  /// Nil where the value is of another kind.
  let write: @Sendable (Family, Scope) -> [(key: String, value: Written)]?
  let meaning: String
  /// What a JSON Schema says of a section of this kind.
  let shape: @Sendable () -> Shape
  let tables: @Sendable (ReferenceTable.Place) -> [ReferenceTable]
  /// Whether it has keys beside `kind`.
  let hasOptions: Bool

  /// The kind whose options are `Options`: read over `initial`, turned into the family and back.
  init<Options: Sendable>(
    _ kind: String, aliases: [String] = [], _ section: Section<Options>, initial: Options,
    wrap: @escaping @Sendable (Options) -> Family,
    unwrap: @escaping @Sendable (Family) -> Options?, _ meaning: String
  ) {
    self.kind = kind
    self.aliases = aliases
    hasOptions = !section.fields.isEmpty
    let readOver: @Sendable (ConfigurationNode, Family?, Scope) throws -> Family = {
      node, value, scope in
      var options = value.flatMap(unwrap) ?? initial
      try section.read(node, into: &options, scope, ignoring: "kind")
      return wrap(options)
    }
    read = { node, scope in try readOver(node, nil, scope) }
    self.readOver = { node, value, scope in try readOver(node, value, scope) }
    write = { value, scope in unwrap(value).map { section.write($0, scope) } }
    self.meaning = meaning
    shape = { section.shape(initial, kind: .names([kind] + aliases)) }
    tables = { place in
      section.tables(.init(path: place.path, kind: kind), initial, note: meaning)
    }
  }
}

extension Field {
  /// A key with a section whose `kind` says which keys it has.
  init<Family>(
    _ key: String, _ property: Property<Root, Family>,
    _ variants: [Variant<Family>], default defaultKind: String? = nil, _ meaning: String
  ) {
    let codec = Codec<String>.named(
      variants.map { ($0.kind, $0.kind) },
      aliases: variants.flatMap { variant in variant.aliases.map { ($0, variant.kind) } })
    self.init(
      key: key, expected: "a section with kind: \(variants.map(\.kind).joined(separator: " | "))",
      meaning: meaning, isRequired: defaultKind == nil,
      defaultText: defaultKind.map { "kind: \($0)" },
      shape: { _ in .kinds(variants, default: defaultKind) },
      read: { node, root, scope in
        _ = try node.entries()
        guard let kind = try node["kind"].map({ try codec.read($0, scope) }) ?? defaultKind else {
          throw node.error("found nothing, expected \(codec.expected)", below: "kind")
        }
        guard let variant = variants.first(where: { $0.kind == kind }) else { return }
        root[keyPath: property] = try variant.read(node, scope)
      },
      write: { root, scope in
        for variant in variants {
          guard let entries = variant.write(root[keyPath: property], scope) else { continue }
          return .section([("kind", .value(variant.kind))] + entries)
        }
        return nil
      },
      tables: { place, _ in variants.flatMap { $0.tables(place) } })
  }
}
