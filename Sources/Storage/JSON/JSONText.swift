/// A JSON document from its bytes, in one pass.
///
/// Runs leave many thousand numbers, which a decoder that tries one type after another reads ten times as slowly.
/// Hostile bytes are refused, never obeyed: lists and objects within each other at most 64 deep, and nothing
/// behind the value.
struct JSONText {
  private let bytes: [UInt8]
  private var place = 0

  private static let deepest = 64

  /// Reads the value that `bytes` are; nil: they are none.
  static func value(of bytes: [UInt8]) -> JSONValue? {
    var text = JSONText(bytes: bytes)
    guard let value = text.value(depth: 0) else { return nil }
    text.skipSpace()
    return text.place == bytes.count ? value : nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      place += 1
    }
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func takes(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard place + length <= bytes.count,
      word.withUTF8Buffer({ $0.elementsEqual(bytes[place..<place + length]) })
    else { return false }
    place += length
    return true
  }

  private mutating func value(depth: Int) -> JSONValue? {
    skipSpace()
    guard depth < Self.deepest, let byte = next else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "t"): return takes("true") ? .flag(true) : nil
    case UInt8(ascii: "f"): return takes("false") ? .flag(false) : nil
    case UInt8(ascii: "n"): return takes("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(depth: Int) -> JSONValue? {
    place += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if takes(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\""), let name = string() else { return nil }
      skipSpace()
      guard takes(UInt8(ascii: ":")), let member = value(depth: depth + 1) else { return nil }
      members[name] = member
      skipSpace()
    } while takes(UInt8(ascii: ","))
    return takes(UInt8(ascii: "}")) ? .object(members) : nil
  }

  private mutating func list(depth: Int) -> JSONValue? {
    place += 1
    var values: [JSONValue] = []
    skipSpace()
    if takes(UInt8(ascii: "]")) { return .list(values) }
    repeat {
      guard let element = value(depth: depth + 1) else { return nil }
      values.append(element)
      skipSpace()
    } while takes(UInt8(ascii: ","))
    return takes(UInt8(ascii: "]")) ? .list(values) : nil
  }

  private mutating func number() -> JSONValue? {
    let start = place
    var isWhole = true
    while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        isWhole = false
      default:
        return number(bytes[start..<place], isWhole: isWhole)
      }
      place += 1
    }
    return number(bytes[start..<place], isWhole: isWhole)
  }

  private func number(_ digits: ArraySlice<UInt8>, isWhole: Bool) -> JSONValue? {
    // No number is longer; a longer text of digits is not worth its time.
    guard let first = digits.first, first != UInt8(ascii: "+"), digits.count <= 64 else {
      return nil
    }
    let text = String(decoding: digits, as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    return Double(text).map { .number($0) }
  }

  /// A text between quotation marks; bytes that are no UTF-8 become the sign for it.
  private mutating func string() -> String? {
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += Array(String(Character(scalar)).utf8)
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = unit() else { return nil }
      guard 0xD800..<0xDC00 ~= unit else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
      guard takes("\\u"), let low = self.unit(), 0xDC00..<0xE000 ~= low else { return "\u{FFFD}" }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  private mutating func unit() -> UInt32? {
    guard place + 4 <= bytes.count else { return nil }
    let text = String(decoding: bytes[place..<place + 4], as: UTF8.self)
    place += 4
    guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
      return nil
    }
    return UInt32(text, radix: 16)
  }
}

extension JSONValue {
  /// The value that a document is; nil: it is none.
  public init?(parsing bytes: [UInt8]) {
    guard let value = JSONText.value(of: bytes) else { return nil }
    self = value
  }
}
