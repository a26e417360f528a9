import Methods

/// The key `method`: the name of a method, or a section with its kind and its options.
enum MethodSchema {
  /// The methods of the list, each with the options that it says it has.
  static let variants = table(of: MethodList.all)

  static func table(of methods: [any TrainingMethod.Type]) -> [Variant<MethodChoice>] {
    methods.map { Self.entry($0) }
  }

  private static func entry<M: TrainingMethod>(_ method: M.Type) -> Variant<MethodChoice> {
    Variant(
      M.kind, Section(fields: M.options.map { field($0) }), initial: M(),
      wrap: { MethodChoice($0) }, unwrap: { $0.method as? M }, M.meaning)
  }

  private static func field<M>(_ option: MethodOption<M>) -> Field<M> {
    switch option.value {
    case .number(let path, let range):
      Field(
        option.key, path, .number(from: range.lowerBound, to: range.upperBound), option.meaning)
    case .whole(let path, let range):
      Field(option.key, path, .whole(range), option.meaning)
    case .toggle(let path):
      Field(option.key, path, .toggle, option.meaning)
    case .numbers(let path, let range, let count):
      Field(
        option.key, path,
        Codec<Double>.number(from: range.lowerBound, to: range.upperBound)
          .list(count, of: "numbers"), option.meaning)
    case .word(let words):
      word(option, words)
    }
  }

  private static func word<M>(
    _ option: MethodOption<M>, _ words: MethodOption<M>.Words
  ) -> Field<M> {
    let codec = Codec<String>.named(words.names.map { ($0, $0) })
    return Field(
      key: option.key, expected: codec.expected, meaning: option.meaning,
      shape: { _ in codec.shape },
      read: { node, method, scope in words.set(&method, try codec.read(node, scope)) },
      write: { method, scope in .value(codec.write(words.get(method), scope)) })
  }
}

extension Field {
  /// A key with a name, or with a section whose `kind` is that name and which has its options.
  init<Family>(
    nameOrSection key: String, _ property: Property<Root, Family>, _ variants: [Variant<Family>],
    _ meaning: String
  ) {
    let names = Codec<String>.named(variants.map { ($0.kind, $0.kind) })
    let section = Field(key, property, variants, meaning)
    self.init(
      key: key, expected: names.expected, meaning: meaning,
      shape: { root in .either(names.shape, section.shape(root)) },
      read: { node, root, scope in
        if case .mapping = node.content {
          let kind = try node["kind"].map { try names.read($0, scope) }
          guard let variant = variants.first(where: { $0.kind == kind }) else {
            return try section.read(node, &root, scope)
          }
          // A preset may have set what is not written.
          root[keyPath: property] = try variant.readOver(node, root[keyPath: property], scope)
          return
        }
        let kind = try names.read(node, scope)
        guard let variant = variants.first(where: { $0.kind == kind }) else { return }
        root[keyPath: property] = try variant.read(node.emptied, scope)
      },
      write: { root, scope in section.write(root, scope)?.withoutLoneKind },
      tables: { place, _ in
        variants.filter(\.hasOptions).flatMap { $0.tables(place) }
      })
  }
}
