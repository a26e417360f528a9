/// Reads the JSON that a safetensors header may hold, token by token, and nothing else.
///
/// A general JSON reader would hide what matters here: names that occur twice, and numbers that are
/// no integers. The grammar does not nest without bound, so no input can exhaust the stack.
struct HeaderScanner {
  private let bytes: [UInt8]
  private var position = 0
  private let place: String

  /// A scanner of a header's `bytes`; messages call the file `place`.
  init(_ bytes: [UInt8], place: String) {
    self.bytes = bytes
    self.place = place
  }

  /// Reads `{"key": value, …}`, a `field` at a time, whose value the closure has to read.
  mutating func object(
    _ what: String, _ field: (inout HeaderScanner, String) throws -> Void
  ) throws {
    var keys: Set<String> = []
    try sequence(of: what, from: "{", to: "}") { scanner in
      let key = try scanner.string()
      guard keys.insert(key).inserted else {
        throw scanner.problem("the name \(quoted(key)) occurs twice in \(what)")
      }
      try scanner.expect(":", after: "a name")
      try field(&scanner, key)
    }
  }

  /// Reads `[1, 2, …]`: whole numbers from 0.
  mutating func integers(_ what: String) throws -> [Int] {
    var numbers: [Int] = []
    try sequence(of: what, from: "[", to: "]") { scanner in
      numbers.append(try scanner.integer(what))
    }
    return numbers
  }

  /// Reads a string.
  mutating func string() throws -> String {
    try expect("\"", after: nil)
    var text: [UInt8] = []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw problem("a string that ends at byte \(position) of the header is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escaped()).utf8)
      case 0..<0x20: throw problem("a string holds the control byte \(byte)")
      default: text.append(byte)
      }
    }
    throw problem("a string does not end")
  }

  /// Checks that only white space follows.
  mutating func end() throws {
    if let byte = peek() {
      throw problem("\(shown(byte)) follows the header's closing brace at byte \(position)")
    }
  }

  // MARK: - Tokens

  private mutating func sequence(
    of what: String, from opening: Unicode.Scalar, to closing: Unicode.Scalar,
    _ element: (inout HeaderScanner) throws -> Void
  ) throws {
    try expect(opening, after: nil)
    if peek() == UInt8(ascii: closing) {
      position += 1
      return
    }
    while true {
      try element(&self)
      if peek() == UInt8(ascii: closing) {
        position += 1
        return
      }
      try expect(",", after: "an entry of \(what)")
    }
  }

  private mutating func integer(_ what: String) throws -> Int {
    let first = peek()
    let start = position
    while let byte = peek(skippingSpace: false), (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte {
      position += 1
    }
    let isFollowed = [".", "e", "E"].contains { peek(skippingSpace: false) == UInt8(ascii: $0) }
    let digits = bytes[start..<position]
    let hasLeadingZero = digits.count > 1 && first == UInt8(ascii: "0")
    guard !digits.isEmpty, !isFollowed, !hasLeadingZero,
      let value = Int(String(decoding: digits, as: UTF8.self))
    else {
      throw problem("\(what) must be whole numbers from 0 to 2^63 - 1; see byte \(start)")
    }
    return value
  }

  /// What a backslash introduces.
  private mutating func escaped() throws -> Unicode.Scalar {
    switch next() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar()
    default: throw problem("an escape in a string is unknown; see byte \(position)")
    }
  }

  /// The four digits after `\u`, and the second half of a surrogate pair.
  private mutating func escapedScalar() throws -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") else {
      throw problem("half of a surrogate pair stands in a string; see byte \(position)")
    }
    let low = try fourDigits()
    guard (0xDC00...0xDFFF) ~= low,
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else {
      throw problem("half of a surrogate pair stands in a string; see byte \(position)")
    }
    return scalar
  }

  private mutating func fourDigits() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("an escape in a string is cut off; see byte \(position)")
      }
      value = value << 4 + UInt32(digit)
    }
    return value
  }

  private mutating func expect(_ scalar: Unicode.Scalar, after what: String?) throws {
    let found = peek()
    guard found == UInt8(ascii: scalar) else {
      let whereabouts = what.map { " after \($0)" } ?? ""
      throw problem(
        "the header is no such JSON: \(shown(found)) stands at byte \(position)\(whereabouts), "
          + "expected '\(scalar)'")
    }
    position += 1
  }

  private mutating func peek(skippingSpace: Bool = true) -> UInt8? {
    while skippingSpace, position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position])
    {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func next() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  private func shown(_ byte: UInt8?) -> String {
    guard let byte else { return "the end" }
    return (0x21...0x7E) ~= byte ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte \(byte)"
  }

  /// A problem with the file.
  func problem(_ sentence: String) -> FileError {
    FileError(place, sentence)
  }
}
