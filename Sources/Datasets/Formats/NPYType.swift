import Storage

/// What an array is read for, which decides what it may hold.
public enum NPYPurpose: Sendable {
  /// Floats, integers or booleans.
  case numbers
  /// Integers, or the names of classes as text.
  case labels

  /// What is expected, in a word or two.
  var plain: String { self == .numbers ? "numbers" : "labels" }
}

/// The type of a `.npy` file's values, as NumPy's `descr` writes it: `<f4`, `|u1`, `>i8`, `<U12`.
public struct NPYType: Sendable, Equatable, CustomStringConvertible {
  /// What the bits of a value mean.
  public enum Kind: Character, Sendable, CaseIterable {
    case float = "f"
    case signed = "i"
    case unsigned = "u"
    case boolean = "b"
    /// UTF-32, filled up with zeros.
    case text = "U"
    /// UTF-8, filled up with zeros.
    case bytes = "S"

    /// Whether values are text, which only labels may be.
    public var isText: Bool { self == .text || self == .bytes }
  }

  /// What the bits of a value mean.
  public let kind: Kind
  /// The bytes of one value.
  public let byteCount: Int
  /// Whether the most significant byte comes first.
  public let isBigEndian: Bool
  /// The type as the file writes it.
  public let description: String

  /// The type that `descr` names. Objects, structures, dates and complex numbers are refused, and
  /// text where numbers are wanted; each with advice that NumPy can follow.
  init(_ descr: String, for purpose: NPYPurpose, place: String) throws {
    let letters = Array(descr)
    guard letters.count > 2, let kind = Kind(rawValue: letters[1]), "<>|".contains(letters[0]),
      let byteCount = Self.byteCount(of: kind, width: String(letters[2...])),
      letters[0] != "|" || kind == .bytes || byteCount == 1
    else { throw FileError(place, Self.refusal(of: descr, for: purpose)) }
    guard purpose == .labels || !kind.isText else {
      throw FileError(
        place,
        "holds text (dtype '\(descr.legible())'), expected numbers; where every text is a number,"
          + " array.astype('float32') makes numbers of them")
    }
    self.kind = kind
    self.byteCount = byteCount
    isBigEndian = letters[0] == ">"
    description = descr
  }

  /// The text in the bytes of one value, without the zeros after it; nil if it is none.
  func text(_ bytes: ArraySlice<UInt8>) -> String? {
    guard kind == .text else {
      let used = bytes.lastIndex { $0 != 0 }.map { bytes[...$0] } ?? []
      return String(validating: used, as: UTF8.self)
    }
    var scalars: [UInt32] = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { start in
      let number = bytes[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return isBigEndian ? number : number.byteSwapped
    }
    while scalars.last == 0 { scalars.removeLast() }
    return String(validating: scalars, as: UTF32.self)
  }

  private static func byteCount(of kind: Kind, width: String) -> Int? {
    // NumPy's own limit for a text is below 2^31 bytes.
    guard width.allSatisfy({ $0.isASCII && $0.isWholeNumber }), let width = Int(width),
      (1...(1 << 28)).contains(width)
    else { return nil }
    switch kind {
    case .float: return [2, 4, 8].contains(width) ? width : nil
    case .signed, .unsigned: return [1, 2, 4, 8].contains(width) ? width : nil
    case .boolean: return width == 1 ? width : nil
    case .text: return 4 * width
    case .bytes: return width
    }
  }

  private static func refusal(of descr: String, for purpose: NPYPurpose) -> String {
    let remedy =
      switch purpose {
      case .numbers: "array.astype('float32')"
      case .labels: "array.astype('int64'), or array.astype(str) where they are names"
      }
    if descr.hasSuffix("O") {
      let stack = purpose == .numbers ? ", or numpy.stack(array) where the objects are arrays" : ""
      return
        "holds Python objects (dtype '\(descr.legible())'), which are never loaded because they can run"
        + " code; save \(purpose.plain): \(remedy)\(stack)"
    }
    return switch purpose {
    case .numbers:
      "has dtype '\(descr.legible())', expected floats, integers or booleans; convert the array with"
        + " \(remedy) and save it again"
    case .labels:
      "has dtype '\(descr.legible())', expected integers or names of classes; convert the labels with"
        + " \(remedy), and save them again"
    }
  }
}
