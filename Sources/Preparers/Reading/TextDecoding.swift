import Datasets
import Foundation
import Storage

/// Texts in the encodings that published sets have.
enum TextDecoding {
  /// `bytes` as UTF-8, else as GB18030, which GBK is a part of; nil where they are neither.
  ///
  /// MVSA's tweets are GBK. Latin-1 would take any bytes, and make nonsense of these.
  static func text(of bytes: [UInt8]) -> String? {
    let utf8 = try? TextEncoding.utf8OrGB18030.utf8(bytes, place: "")
    return utf8.flatMap { try? InputFile.text(of: $0, place: "") }
  }

  /// `bytes` as UTF-8, else as Latin-1, which takes any.
  static func westernText(of bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }

  /// What a tweet says: without links and without whom it repeats, letter case and white space aside.
  ///
  /// Equal ones are one tweet to a model, whatever their ids.
  var saying: String {
    var words = split(whereSeparator: \.isWhitespace).map(String.init)
    while words.count > 1, words[0] == "RT", words[1].hasPrefix("@") { words.removeFirst(2) }
    return words.filter { !$0.hasPrefix("http:") && !$0.hasPrefix("https:") }
      .joined(separator: " ").lowercased()
  }

  /// The text as MMBT's authors clean it: marks become blanks, blanks are squeezed, letters are small.
  var cleanedAsMMBT: String {
    let marks = Set("<>/\\+=-_[]{}'\";:.,()*&^%$#@!~`".unicodeScalars)
    let parted = String(
      String.UnicodeScalarView(unicodeScalars.map { marks.contains($0) ? " " : $0 }))
    return parted.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
  }
}
