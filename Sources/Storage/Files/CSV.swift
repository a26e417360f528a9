/// Comma-separated values, written as RFC 4180 says.
public enum CSV {
  /// A field, in quotes where it must be.
  ///
  /// Looked at byte by byte: what a reader splits at may be a part of a character, such as a line
  /// feed after a carriage return, or a quotation mark with an accent.
  public static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { Self.special.contains($0) }) else { return text }
    let mark = UInt8(ascii: "\"")
    let inside = text.utf8.flatMap { $0 == mark ? [mark, mark] : [$0] }
    return String(decoding: [mark] + inside + [mark], as: UTF8.self)
  }

  private static let special = Array(",\"\n\r".utf8)
}
