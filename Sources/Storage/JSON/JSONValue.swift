import Foundation

/// A JSON value: what is not a finite number is written as `null`.
public enum JSONValue: Codable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, Sendable
{
  case text(String)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double)
  case flag(Bool)
  case list([JSONValue])
  case object([String: JSONValue])
  case null

  /// A text, written in code.
  public init(stringLiteral text: String) { self = .text(text) }
  /// A whole number, written in code.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A list, written in code.
  public init(arrayLiteral values: JSONValue...) { self = .list(values) }
  /// An object, written in code; of equal names the last one counts.
  public init(dictionaryLiteral pairs: (String, JSONValue)...) {
    self = .object(Dictionary(pairs) { _, last in last })
  }

  /// A number that may be absent.
  public static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

  /// An object of several things of a kind, each under its own name.
  public static func named<Things: Sequence>(
    _ things: Things, _ member: (Things.Element) -> (String, JSONValue)
  ) -> JSONValue {
    .object(Dictionary(uniqueKeysWithValues: things.map(member)))
  }

  /// Reads the value from JSON.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .list(values)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Writes the value as JSON.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value) where value.isFinite: try container.encode(value)
    case .flag(let flag): try container.encode(flag)
    case .list(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    case .number, .null: try container.encodeNil()
    }
  }

  /// The value as text, keys sorted; on one line or set out for people.
  public func text(pretty: Bool) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Writes the value to a file, whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(Array((try text(pretty: true) + "\n").utf8), to: path)
  }
}
