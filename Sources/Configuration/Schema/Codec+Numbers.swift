import Datasets

extension Codec where Value: FixedWidthInteger & Sendable {
  /// A whole number. `1.5`, `64.0`, `1e3`, `0x10` and `010`, which is 8 to older YAML, are refused.
  static func whole(_ range: ClosedRange<Value>) -> Codec {
    Codec(
      plain: "a whole number from \(range.lowerBound) to \(range.upperBound)", shape: .whole(range),
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
      shape: .list(side.shape, 2...2),
      parse: { node, scope in
        guard case .sequence(let items) = node.content, items.count == 2 else { return nil }
        return PictureSize(
          height: try side.read(items[0], scope), width: try side.read(items[1], scope))
      },
      write: { size, _ in "[\(size.height), \(size.width)]" })
  }
}

extension Codec where Value == Double {
  /// What a number is computed with.
  enum Precision {
    /// Float64, as it is written.
    case double
    /// Float32: there it must be within its range, too, and no 0 unless it is written as one.
    case single
  }

  /// Both ends belong to the range.
  static func number(
    from low: Double, to high: Double, _ precision: Precision = .double
  ) -> Codec {
    number(
      "a number from \(low.brief) to \(high.brief)",
      .number(low: low, belongs: true, high: high, belongs: true), precision
    ) { $0 >= low && $0 <= high }
  }

  /// The upper end does not belong to the range.
  static func number(
    from low: Double, below high: Double, _ precision: Precision = .double
  ) -> Codec {
    number(
      "a number of at least \(low.brief) and below \(high.brief)",
      .number(low: low, belongs: true, high: high, belongs: false), precision
    ) { $0 >= low && $0 < high }
  }

  /// The lower end does not belong to the range.
  static func number(
    above low: Double, to high: Double, _ precision: Precision = .double
  ) -> Codec {
    number(
      "a number above \(low.brief) and at most \(high.brief)",
      .number(low: low, belongs: false, high: high, belongs: true), precision
    ) { $0 > low && $0 <= high }
  }

  private static func number(
    _ expected: String, _ shape: Shape, _ precision: Precision,
    isAllowed: @escaping @Sendable (Double) -> Bool
  ) -> Codec {
    Codec(
      expected: expected, shape: shape,
      parse: { node, _ in
        // `Double` would also take nan, infinity and hexadecimal numbers.
        guard let text = node.plainText,
          text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
          let value = Double(text), isAllowed(value)
        else { return nil }
        let mantissa = text.utf8.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        let isZero = !mantissa.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
        // One zero is enough: -0.0 would be equal to 0.0 and written differently.
        if isZero { return 0 }
        let rounded = precision == .single ? Double(Float(value)) : value
        let least =
          precision == .single ? Double(Float.leastNormalMagnitude) : .leastNormalMagnitude
        guard abs(rounded) >= least else {
          throw node.error(
            "found \(node.found), which is too small to be told from 0, expected \(expected) that "
              + "is at least \(precision == .single ? "1.2e-38" : "2.3e-308")")
        }
        guard isAllowed(rounded) else {
          throw node.error(
            "found \(node.found), which is \(rounded.brief) when rounded to float32, expected "
              + expected)
        }
        return value
      },
      write: { value, _ in value.brief })
  }
}

extension Double {
  /// The shortest text that reads back as this number, without the `.0` of whole ones.
  var brief: String {
    guard let whole = Int(exactly: self), abs(whole) <= 1_000_000_000_000 else { return "\(self)" }
    return "\(whole)"
  }
}
