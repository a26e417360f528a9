import Tensors

/// A line of a text file.
struct TextLine {
  /// Its text, without its end (LF or CRLF).
  let text: Substring
  /// Its number, from 1.
  let number: Int

  /// The lines of a text that are not empty.
  static func lines(of text: String) throws -> [TextLine] {
    var lines: [TextLine] = []
    var number = 0
    // Byte by byte: "\r\n" is one character to Swift.
    for var line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      try LongWork.step()
      number += 1
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      if !line.isEmpty { lines.append(TextLine(text: Substring(line), number: number)) }
    }
    return lines
  }

  /// The parts of the line between marks of one byte.
  func fields(at mark: Unicode.Scalar) -> [String] {
    text.utf8.split(separator: UInt8(ascii: mark), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
  }
}
