import Foundation

/// A Swift file of the repository, or a text that a test makes up.
struct SwiftText {
  /// Its path below the package's folder.
  let path: String
  /// The text without comments and without what its strings and regular expressions say; lines stay
  /// where they are.
  let code: String

  init(path: String, _ text: String) {
    self.path = path
    code = Self.code(of: text, keepingStrings: false)
  }

  /// The Swift files below a folder, in the order of their paths.
  static func files(below folder: String) -> [SwiftText] {
    all.filter { $0.path.hasPrefix("\(folder)/") }
  }

  /// A text without comments, its strings as they are.
  static func withoutComments(_ text: String) -> String { code(of: text, keepingStrings: true) }

  private static let all = ["Sources", "Tests", "Benchmarks/Sources"].flatMap { folder in
    let paths = FileManager.default.enumerator(
      atPath: Document.root.appendingPathComponent(folder).path)
    return (paths?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
      .compactMap { path in
        (try? Document("\(folder)/\(path)")).map {
          SwiftText(path: "\(folder)/\(path)", $0.text)
        }
      }
  }

  private static func code(of text: String, keepingStrings: Bool) -> String {
    var reader = Reader(bytes: Array(text.utf8))
    while reader.place < reader.bytes.count { reader.step(keepingStrings: keepingStrings) }
    return String(decoding: reader.result, as: UTF8.self)
  }
}

/// Walks through a text and keeps its code.
private struct Reader {
  let bytes: [UInt8]
  var place = 0
  var result: [UInt8] = []

  private static let newline = UInt8(ascii: "\n")
  private static let hash = UInt8(ascii: "#")
  private static let quote = UInt8(ascii: "\"")

  mutating func step(keepingStrings: Bool) {
    let start = place
    if isHere("//") {
      while place < bytes.count, bytes[place] != Self.newline { place += 1 }
    } else if isHere("/*") {
      skipComment()
      keepLines(from: start)
    } else if bytes[place] == UInt8(ascii: "`") {
      keepName()
    } else if skipLiteral() {
      if keepingStrings {
        result += bytes[start..<place]
      } else {
        result += [Self.quote, Self.quote]
        keepLines(from: start)
      }
    } else {
      result.append(bytes[place])
      place += 1
    }
  }

  private func isHere(_ text: StaticString) -> Bool { isHere(text, at: place) }

  private func isHere(_ text: StaticString, at place: Int) -> Bool {
    text.withUTF8Buffer { bytes[place...].starts(with: $0) }
  }

  private func hashes(at place: Int) -> Int { bytes[place...].prefix { $0 == Self.hash }.count }

  private mutating func keepLines(from start: Int) {
    result += bytes[start..<place].filter { $0 == Self.newline }
  }

  /// A name in backticks, which may hold anything, as letters.
  private mutating func keepName() {
    place += 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "`"), bytes[place] != Self.newline {
      let isLetter = Character(UnicodeScalar(bytes[place])).isLetter
      result.append(isLetter ? bytes[place] : UInt8(ascii: "_"))
      place += 1
    }
    place += 1
  }

  private mutating func skipComment() {
    var depth = 0
    repeat {
      if isHere("/*") {
        (depth, place) = (depth + 1, place + 2)
      } else if isHere("*/") {
        (depth, place) = (depth - 1, place + 2)
      } else {
        place += 1
      }
    } while depth > 0 && place < bytes.count
  }

  /// Passes over a string, or a regular expression within `#/` and `/#`, if there is one here.
  private mutating func skipLiteral() -> Bool {
    let hashes = hashes(at: place)
    let open = place + hashes
    guard open < bytes.count else { return false }
    if bytes[open] == Self.quote {
      place = open
      skipString(hashes: hashes)
      return true
    }
    guard hashes > 0, bytes[open] == UInt8(ascii: "/") else { return false }
    place = open + 1
    while place < bytes.count {
      place += 1
      if bytes[place - 1] == UInt8(ascii: "/"), self.hashes(at: place) >= hashes { break }
    }
    place = min(place + hashes, bytes.count)
    return true
  }

  private mutating func skipString(hashes: Int) {
    let isLong = isHere("\"\"\"")
    place += isLong ? 3 : 1
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\\"), self.hashes(at: place + 1) >= hashes {
        place += 1 + hashes
        if isHere("(") { skipInterpolation() } else { place += 1 }
      } else if isHere("\"\"\"") || (!isLong && isHere("\"")) {
        place += isLong ? 3 : 1
        guard self.hashes(at: place) < hashes else {
          place += hashes
          return
        }
      } else if !isLong, bytes[place] == Self.newline {
        // A quote within a regular expression opened no string.
        return
      } else {
        place += 1
      }
    }
  }

  private mutating func skipInterpolation() {
    var depth = 0
    repeat {
      if isHere("(") { depth += 1 }
      if isHere(")") { depth -= 1 }
      if !skipLiteral() { place += 1 }
    } while depth > 0 && place < bytes.count
  }
}
