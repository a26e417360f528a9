import Datasets

extension Codec where Value: FixedWidthInteger & Sendable {
  /// A whole number. `1.5`, `64.0`, `1e3`, `0x10` and `010`, which is 8 to older YAML, are refused.
  static func whole(_ range: ClosedRange<Value>) -> Codec {
    Codec(
      plain: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      parse: { text in
        let digits = text.drop { $0 == "-" || $0 == "+" }
        guard digits.count == 1 || !digits.hasPrefix("0") else { return nil }
        return Value(text).flatMap { range.contains($0) ? $0 : nil }
      },
      write: { "\($0)" })
  }
}

extension Codec where Value == Int {
  /// A count of at least one.
  static func count(to highest: Int) -> Codec { .whole(1...highest) }
}

extension Codec where Value == PictureSize {
  /// `[height, width]`.
  static var pictureSize: Codec {
    let side = Codec<Int>.count(to: 4_096)
    return Codec(
      expected: "a list of height and width, each from 1 to 4096",
      parse: { node, scope in
        guard case .sequence(let items) = node.content, items.count == 2 else { return nil }
        return PictureSize(
          height: try side.read(items[0], scope), width: try side.read(items[1], scope))
      },
      write: { size, _ in "[\(size.height), \(size.width)]" })
  }
}

extension Codec where Value == Double {
  /// Both ends belong to the range.
  static func number(from low: Double, to high: Double) -> Codec {
    number("a number from \(low.brief) to \(high.brief)") { $0 >= low && $0 <= high }
  }

  /// The upper end does not belong to the range.
  static func number(from low: Double, below high: Double) -> Codec {
    number("a number of at least \(low.brief) and below \(high.brief)") { $0 >= low && $0 < high }
  }

  /// The lower end does not belong to the range.
  static func number(above low: Double, to high: Double) -> Codec {
    number("a number above \(low.brief) and at most \(high.brief)") { $0 > low && $0 <= high }
  }

  private static func number(
    _ expected: String, isAllowed: @escaping @Sendable (Double) -> Bool
  ) -> Codec {
    Codec(
      plain: expected,
      parse: { text in
        // `Double` would also take nan, infinity and hexadecimal numbers.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
          let value = Double(text), isAllowed(value)
        else { return nil }
        // One zero is enough: -0.0 would be equal to 0.0 and written differently.
        return value == 0 ? 0 : value
      },
      write: { $0.brief })
  }
}

extension Double {
  /// The shortest text that reads back as this number, without the `.0` of whole ones.
  var brief: String {
    guard let whole = Int(exactly: self), abs(whole) <= 1_000_000_000_000 else { return "\(self)" }
    return "\(whole)"
  }
}
