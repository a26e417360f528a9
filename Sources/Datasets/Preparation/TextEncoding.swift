import Foundation
import Storage

/// How the bytes of texts become characters. Latin-1 is none of them: it takes any bytes, and makes
/// nonsense of most.
public enum TextEncoding: String, Sendable, CaseIterable {
  /// UTF-8.
  case utf8
  /// GB 18030, which includes GBK and GB 2312.
  case gb18030
  /// For each file: UTF-8 where it is valid, else GB 18030.
  case utf8OrGB18030 = "utf8_or_gb18030"

  /// `bytes` as UTF-8, with the line breaks that they have; the error names the first line that is
  /// not of this encoding, or says that the file is not.
  public func utf8(_ bytes: [UInt8], place: String) throws -> [UInt8] {
    switch self {
    case .utf8: return bytes
    case .utf8OrGB18030 where String(validating: bytes, as: UTF8.self) != nil: return bytes
    case .gb18030, .utf8OrGB18030: break
    }
    try InputFile.refuseGzip(bytes[...], place: place)
    if let text = Self.decoded(bytes[...]) { return Array(text.utf8) }
    let line = Self.firstBadLine(bytes).map { ":\($0)" } ?? ""
    let names = self == .gb18030 ? "GB 18030" : "UTF-8 nor GB 18030"
    throw FileError(
      "\(place)\(line)",
      "is \(self == .gb18030 ? "not" : "neither") \(names) text; save the file as UTF-8")
  }

  /// The first line, from 1, that cannot be decoded alone: no byte of a character is a line break.
  private static func firstBadLine(_ bytes: [UInt8]) -> Int? {
    var (rest, number) = (bytes[...], 1)
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      if decoded(line) == nil { return number }
      rest = rest[line.endIndex...].dropFirst()
      number += 1
    }
    return nil
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
    String(data: Data(bytes), encoding: gb18030Encoding)
  }

  /// Core Foundation's number for it, which is stable.
  private static let gb18030Encoding = String.Encoding(rawValue: 0x8000_0632)
}
