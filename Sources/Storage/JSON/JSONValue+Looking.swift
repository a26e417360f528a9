/// Looking into a document that may lack anything: what is not there, or is something else, is nil.
extension JSONValue {
  /// What stands under a key.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  /// The members of an object.
  public var members: [String: JSONValue]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The elements of a list.
  public var elements: [JSONValue]? {
    guard case .list(let values) = self else { return nil }
    return values
  }

  /// A text.
  public var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// A number that a picture can have a place for: at most 1e30, so that no arithmetic with some of them ends
  /// anywhere but at a number.
  public var quantity: Double? {
    let number: Double
    switch self {
    case .number(let value): number = value
    case .integer(let value): number = Double(value)
    case .unsigned(let value): number = Double(value)
    default: return nil
    }
    return abs(number) <= 1e30 ? number : nil
  }

  /// A whole number of at least 0, and not so large that arithmetic with it could overflow.
  public var count: Int? {
    guard case .integer(let value) = self, 0...(1 << 40) ~= value else { return nil }
    return value
  }
}
