import Storage

extension Section {
  /// The shape of this section, with the defaults of `initial`.
  ///
  /// - Parameter kind: the shape of a key `kind` that it has beside its own.
  func shape(_ initial: Root?, kind: Shape? = nil) -> Shape {
    var properties = Dictionary(
      uniqueKeysWithValues: fields.map { ($0.key, $0.described(for: initial).json) })
    if let kind { properties["kind"] = kind.json }
    let required = fields.filter(\.isRequired).map { JSONValue.text($0.key) }
    var shape = Shape(keywords: [
      "type": "object", "properties": .object(properties), "additionalProperties": .flag(false),
    ])
    guard required.isEmpty else {
      shape.keywords["required"] = .list(required)
      return shape
    }
    // A section with nothing in it is a section too.
    return shape.orNull
  }
}

extension Field {
  /// The shape of this key with what an editor shows: its meaning, what is expected, its default.
  fileprivate func described(for initial: Root?) -> Shape {
    var described = shape(initial)
    var words = ["\(meaning).", "Value: \(expected)."]
    if isRequired {
      words.append("Required.")
    } else if let defaultText {
      words.append("Default: \(defaultText).")
    } else if let initial, case .value(let text) = write(initial, Scope()) {
      described.keywords["default"] = JSONValue(yaml: text)
    }
    described.keywords["description"] = .text(words.joined(separator: " "))
    return described
  }
}

extension Variant {
  /// All names of the kind, and its shape with them.
  fileprivate var names: [String] { [kind] + aliases }
}

extension Shape {
  /// A section whose `kind` says which keys it has.
  static func kinds<Family>(_ variants: [Variant<Family>], default defaultKind: String?) -> Shape {
    let names = variants.flatMap(\.names)
    var kind = Shape.names(names)
    kind.keywords["enumDescriptions"] = .list(
      variants.flatMap { variant in variant.names.map { _ in .text(variant.meaning) } })
    let conditions = variants.map { variant -> JSONValue in
      var condition: [String: JSONValue] = [
        "properties": ["kind": Shape.names(variant.names).json]
      ]
      if variant.kind != defaultKind { condition["required"] = ["kind"] }
      return ["if": .object(condition), "then": variant.shape().json]
    }
    let shape = Shape(keywords: [
      "type": "object", "properties": ["kind": kind.json], "allOf": .list(conditions),
    ])
    guard defaultKind == nil else { return shape.orNull }
    return Shape(keywords: shape.keywords.merging(["required": ["kind"]]) { $1 })
  }
}

extension JSONValue {
  /// What stands in YAML, on one line; nil where it is none.
  init?(yaml text: String) {
    var composer = YAMLComposer(file: "", limits: .written)
    guard let node = try? composer.compose(text) else { return nil }
    self.init(node)
  }

  private init(_ node: ConfigurationNode) {
    switch node.content {
    case .sequence(let items): self = .list(items.map { Self($0) })
    case .mapping(let entries):
      self = .object(Dictionary(entries.map { ($0.key, Self($0.node)) }) { $1 })
    case .scalar(let text, let isPlain):
      if node.isNull {
        self = .null
      } else if isPlain, let flag = Bool(text) {
        self = .flag(flag)
      } else if isPlain, let whole = Int(text) {
        self = .integer(whole)
      } else if isPlain, let number = Double(text) {
        self = .number(number)
      } else {
        self = .text(text)
      }
    }
  }
}
