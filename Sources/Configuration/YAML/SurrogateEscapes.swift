extension String {
  /// This text with pairs of escapes such as `\ud83d\ude00`, JSON's way to write one character
  /// beyond 16 bits, as the one escape that YAML has for it; nil where there are none.
  func joiningSurrogateEscapes() -> String? {
    // The second way to match goes past escapes one by one, since a backslash may be escaped too.
    let escapes = /\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\./
      .matchingSemantics(.unicodeScalar)
    let joined = replacing(escapes) { match in
      guard let high = match.1.flatMap({ UInt32($0, radix: 16) }),
        let low = match.2.flatMap({ UInt32($0, radix: 16) })
      else { return String(match.0) }
      let digits = String(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
    return joined == self ? nil : joined
  }
}
