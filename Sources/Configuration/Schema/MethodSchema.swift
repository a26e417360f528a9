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
    }
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
      read: { node, root, scope in
        if case .mapping = node.content { return try section.read(node, &root, scope) }
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
