/// A value of a JSON document on its way into a type, with the keys that lead to it.
struct JSONReader {
  private let value: JSONValue?
  private let path: String
  private let refuse: (String) -> FileError

  /// A reader of a whole document; `refuse` turns what is wrong into an error.
  init(_ value: JSONValue, refuse: @escaping (String) -> FileError) {
    self.init(value, path: "", refuse)
  }

  private init(_ value: JSONValue?, path: String, _ refuse: @escaping (String) -> FileError) {
    (self.value, self.path, self.refuse) = (value, path, refuse)
  }

  /// What stands under a key.
  subscript(key: String) -> JSONReader {
    let below = path.isEmpty ? key : "\(path).\(key)"
    guard case .object(let members) = value else { return JSONReader(nil, path: below, refuse) }
    return JSONReader(members[key], path: below, refuse)
  }

  /// Whether nothing stands there.
  var isMissing: Bool { value == nil }

  func list() throws -> [JSONReader] {
    guard case .list(let values) = value else { throw unexpected("a list") }
    return values.enumerated().map { JSONReader($1, path: "\(path)[\($0)]", refuse) }
  }

  func text() throws -> String {
    guard case .text(let text) = value else { throw unexpected("a text") }
    return text
  }

  func integer() throws -> Int {
    guard case .integer(let integer) = value else { throw unexpected("a whole number") }
    return integer
  }

  /// A whole number of at least 0, and not so large that arithmetic with it could overflow.
  func count() throws -> Int {
    let count = try integer()
    guard 0...(1 << 40) ~= count else { throw unexpected("a count") }
    return count
  }

  func number() throws -> Double {
    switch value {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    default: throw unexpected("a number")
    }
  }

  private func unexpected(_ expected: String) -> FileError {
    refuse("\(path) is not \(expected)")
  }
}
