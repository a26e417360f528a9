import Foundation
import Storage

/// Checks a value against a JSON Schema: the keywords of ours, and no others.
struct SchemaCheck {
  let schema: JSONValue

  /// Where and why the value does not fit; nil: it does.
  func fault(_ value: JSONValue) -> String? { Self.fault(value, schema, "") }

  private static let checked: Set = [
    "type", "enum", "anyOf", "allOf", "if", "then", "properties", "additionalProperties",
    "required",
    "propertyNames", "minProperties", "maxProperties", "items", "minItems", "maxItems",
    "uniqueItems",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "minLength",
    "maxLength",
  ]
  private static let told: Set = ["$schema", "title", "description", "default", "enumDescriptions"]

  private static func fault(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
    if case .flag(let allows) = schema { return allows ? nil : "\(path): is not allowed" }
    guard case .object(let keywords) = schema else { return "\(path): no schema" }
    for (keyword, wanted) in keywords.sorted(by: { $0.key < $1.key }) {
      guard !told.contains(keyword) else { continue }
      guard checked.contains(keyword) else { return "\(path): unknown keyword \(keyword)" }
      if let fault = fault(value, keyword, wanted, keywords, path) { return fault }
    }
    return nil
  }

  private static func fault(
    _ value: JSONValue, _ keyword: String, _ wanted: JSONValue, _ all: [String: JSONValue],
    _ path: String
  ) -> String? {
    func isNot(_ holds: Bool) -> String? { holds ? nil : "\(path): \(keyword)" }
    switch (keyword, wanted, value) {
    case ("type", .list(let types), _):
      return isNot(types.contains { fault(value, "type", $0, all, path) == nil })
    case ("type", .text(let type), _):
      return isNot(
        type == self.type(of: value) || type == "number" && self.type(of: value) == "integer")
    case ("enum", .list(let values), _): return isNot(values.contains { text($0) == text(value) })
    case ("anyOf", .list(let schemas), _):
      return isNot(schemas.contains { fault(value, $0, path) == nil })
    case ("allOf", .list(let schemas), _):
      return schemas.lazy.compactMap { fault(value, $0, path) }.first
    case ("if", _, _):
      return fault(value, wanted, path) == nil ? fault(value, all["then"] ?? [:], path) : nil
    case ("properties", .object(let schemas), .object(let members)):
      return schemas.lazy.compactMap { name, schema in
        members[name].flatMap { fault($0, schema, "\(path).\(name)") }
      }.first
    case ("additionalProperties", _, .object(let members)):
      var known: Set<String> = []
      if case .object(let schemas)? = all["properties"] { known = Set(schemas.keys) }
      return members.lazy.filter { !known.contains($0.key) }
        .compactMap { fault($0.value, wanted, "\(path).\($0.key)") }.first
    case ("required", .list(let names), .object(let members)):
      return isNot(
        names.allSatisfy { if case .text(let name) = $0 { members[name] != nil } else { false } })
    case ("propertyNames", _, .object(let members)):
      return members.keys.lazy.compactMap { fault(.text($0), wanted, path) }.first
    case ("minProperties", .integer(let n), .object(let members)): return isNot(members.count >= n)
    case ("maxProperties", .integer(let n), .object(let members)): return isNot(members.count <= n)
    case ("items", _, .list(let items)):
      return items.lazy.compactMap { fault($0, wanted, "\(path)[]") }.first
    case ("minItems", .integer(let n), .list(let items)): return isNot(items.count >= n)
    case ("maxItems", .integer(let n), .list(let items)): return isNot(items.count <= n)
    case ("uniqueItems", _, .list(let items)):
      return isNot(Set(items.map(text)).count == items.count)
    case ("pattern", .text(let pattern), .text(let text)):
      return isNot(text.range(of: pattern, options: .regularExpression) != nil)
    case ("minLength", .integer(let n), .text(let text)): return isNot(text.count >= n)
    case ("maxLength", .integer(let n), .text(let text)): return isNot(text.count <= n)
    case ("minimum", _, _), ("exclusiveMinimum", _, _), ("maximum", _, _),
      ("exclusiveMaximum", _, _):
      guard let number = Self.number(value), let limit = Self.number(wanted) else { return nil }
      switch keyword {
      case "minimum": return isNot(number >= limit)
      case "exclusiveMinimum": return isNot(number > limit)
      case "maximum": return isNot(number <= limit)
      default: return isNot(number < limit)
      }
    default: return nil
    }
  }

  private static func type(of value: JSONValue) -> String {
    switch value {
    case .text: "string"
    case .integer, .unsigned: "integer"
    case .number(let number): number == number.rounded() ? "integer" : "number"
    case .flag: "boolean"
    case .list: "array"
    case .object: "object"
    case .null: "null"
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A text that equal values have, and no others.
  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .text(let text): "\"\(text)"
    case .integer(let value): "\(Double(value))"
    case .number(let value): "\(value)"
    default: (try? value.text(pretty: false)) ?? ""
    }
  }
}
