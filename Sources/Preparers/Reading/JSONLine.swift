import Foundation
import Storage

/// A line of a JSON-lines file: an object.
struct JSONLine {
  /// Where it stands, as `file:line`.
  let place: String
  /// The number of the line, from 1.
  let number: Int
  private let members: [String: JSONValue]

  /// The objects of a file's text.
  static func lines(of text: String, file: String) throws -> [JSONLine] {
    try TextLine.lines(of: text).map { line in
      let place = "\(file):\(line.number)"
      let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line.text.utf8))
      guard case .object(let members) = value else {
        throw FileError(place, "is no JSON object, expected one a line")
      }
      return JSONLine(place: place, number: line.number, members: members)
    }
  }

  /// The text under a key, or a whole number as text; nil where there is neither.
  func text(_ key: String) -> String? {
    switch members[key] {
    case .text(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  /// The same, which must be there.
  func needed(_ key: String) throws -> String {
    guard let text = text(key) else {
      throw FileError(place, "there is no text under '\(key)'; the keys are \(quoted(keys))")
    }
    return text
  }

  private var keys: [String] { members.keys.sorted { $0.precedes($1) } }
}
