extension String {
  /// This text with pairs of escapes such as `\ud83d\ude00`, JSON's way to write one character
  /// beyond 16 bits, as the one escape that YAML has for it; nil where there are none.
  func joiningSurrogateEscapes() -> String? {
    let bytes = Array(utf8)
    var joined: [UInt8] = []
    var isJoined = false
    var place = 0
    while place < bytes.count {
      if let high = bytes.escapedUnit(at: place), 0xD800...0xDBFF ~= high,
        let low = bytes.escapedUnit(at: place + 6), 0xDC00...0xDFFF ~= low
      {
        let digits = String(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), radix: 16)
        joined += "\\U\(String(repeating: "0", count: 8 - digits.count))\(digits)".utf8
        isJoined = true
        place += 12
      } else {
        // What follows a backslash belongs to it, for it may be one itself.
        let end = min(bytes.count, place + (bytes[place] == backslash ? 2 : 1))
        joined += bytes[place..<end]
        place = end
      }
    }
    return isJoined ? String(decoding: joined, as: UTF8.self) : nil
  }
}

extension [UInt8] {
  /// The number of an escape such as `\ud83d` that begins at `place`.
  fileprivate func escapedUnit(at place: Int) -> UInt32? {
    guard place + 6 <= count, self[place] == backslash, self[place + 1] == UInt8(ascii: "u") else {
      return nil
    }
    let digits = self[place + 2..<place + 6]
    // A number may have a sign, an escape has none.
    guard digits.allSatisfy({ $0 > UInt8(ascii: "-") }) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

private let backslash = UInt8(ascii: "\\")
