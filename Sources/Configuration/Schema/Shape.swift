import Storage

/// What a value of the file may look like, as far as a JSON Schema can say it: its keywords.
///
/// A shape allows whatever the codec beside it reads. What no keyword can say is left to the reader.
struct Shape: Sendable {
  var keywords: [String: JSONValue] = [:]

  /// Whatever YAML can write.
  static let anything = Shape()
  /// Nothing, or `null`.
  static let null = Shape(keywords: ["type": "null"])
  /// `true` or `false`.
  static let flag = Shape(keywords: ["type": "boolean"])
  /// Text, in quotes or not; what stands there bare may look like a number.
  static let text = Shape(keywords: [
    "type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 4096,
  ])

  /// Text of a regular expression.
  static func text(_ pattern: String) -> Shape {
    Shape(keywords: ["type": "string", "pattern": .text(pattern)])
  }

  /// A whole number of a range.
  static func whole<Value: FixedWidthInteger>(_ range: ClosedRange<Value>) -> Shape {
    func json(_ value: Value) -> JSONValue {
      Int(exactly: value).map { .integer($0) } ?? .unsigned(UInt64(value))
    }
    return Shape(keywords: [
      "type": "integer", "minimum": json(range.lowerBound), "maximum": json(range.upperBound),
    ])
  }

  /// A number between `low` and `high`, each of which belongs to the range or not.
  static func number(
    low: Double, belongs lowBelongs: Bool, high: Double, belongs highBelongs: Bool
  ) -> Shape {
    Shape(keywords: [
      "type": "number", (lowBelongs ? "minimum" : "exclusiveMinimum"): .number(low),
      (highBelongs ? "maximum" : "exclusiveMaximum"): .number(high),
    ])
  }

  /// One of some words.
  static func names(_ names: [String]) -> Shape {
    Shape(keywords: ["enum": .list(names.map { .text($0) })])
  }

  /// A list of such values.
  static func list(_ item: Shape, _ counts: ClosedRange<Int>, different: Bool = false) -> Shape {
    var keywords: [String: JSONValue] = [
      "type": "array", "items": item.json, "minItems": .integer(counts.lowerBound),
      "maxItems": .integer(counts.upperBound),
    ]
    if different { keywords["uniqueItems"] = .flag(true) }
    return Shape(keywords: keywords)
  }

  /// A section whose keys are names of one's own, of a regular expression.
  static func map(
    _ value: Shape, keys pattern: String? = nil, _ counts: ClosedRange<Int>? = nil
  ) -> Shape {
    var keywords: [String: JSONValue] = ["type": "object", "additionalProperties": value.json]
    keywords["propertyNames"] = pattern.map { ["pattern": .text($0)] }
    keywords["minProperties"] = counts.map { .integer($0.lowerBound) }
    keywords["maxProperties"] = counts.map { .integer($0.upperBound) }
    return Shape(keywords: keywords)
  }

  /// What one of the shapes allows.
  static func either(_ shapes: Shape...) -> Shape {
    Shape(keywords: ["anyOf": .list(shapes.map(\.json))])
  }

  /// The same values, or `null`.
  var orNull: Shape {
    if keywords.isEmpty { return self }
    var copy = self
    switch (keywords["type"], keywords["enum"]) {
    case (.text(let type)?, nil): copy.keywords["type"] = [.text(type), "null"]
    case (.list(let types)?, nil): copy.keywords["type"] = .list(types + ["null"])
    case (nil, .list(let names)?): copy.keywords["enum"] = .list(names + [.null])
    default: return .either(self, .null)
    }
    return copy
  }

  var json: JSONValue { .object(keywords) }
}
