/// An axis of a plot: what it measures, from where to where, and the numbers written along it.
public struct Axis: Sendable, Equatable {
  /// What it measures, with its unit.
  public var title: String
  /// The numbers written along it, rising.
  public var ticks: [Double]
  /// Its ends.
  public var range: ClosedRange<Double>
  /// Whether equal ratios have equal lengths, in place of equal differences.
  public var isLogarithmic: Bool

  /// An axis of equal differences from `least` to at least `most`, with some five round numbers.
  public init(_ title: String, from least: Double = 0, to most: Double) {
    // Of what is larger, no step could be told from another.
    let least = least.isFinite ? min(Self.largest, max(-Self.largest, least)) : 0
    let nearest = least + max(1, abs(least) * 1e-6)
    let most = most.isFinite && most > least ? min(Self.largest * 2, most) : nearest
    let isNarrow = most - least < max(abs(least), abs(most)) * 1e-6
    self.init(title, from: least, upTo: isNarrow ? nearest : most)
  }

  /// The largest number that an axis begins at.
  private static let largest = 1e30

  private init(_ title: String, from least: Double, upTo most: Double) {
    let step = Self.roundStep(above: (most - least) / 5)
    let first = (least / step).rounded(.down)
    let last = (most / step).rounded(.up)
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
    range = first * step...last * step
    isLogarithmic = false
    self.title = title
  }

  /// An axis of a count from 0 to `most`, which ends there, with whole round numbers.
  public init(_ title: String, counting most: Int) {
    let most = max(1, min(most, 1 << 40))
    let width = Double(most) / 6
    let step = max(
      1, [1, 2, 5, 10].map { $0 * Self.power(below: width) }.first { $0 >= width } ?? 1)
    ticks = Array(stride(from: 0, through: Double(most), by: step))
    range = 0...Double(most)
    isLogarithmic = false
    self.title = title
  }

  /// An axis on which the given numbers, all above 0, are written, and equal ratios have equal lengths.
  public init(_ title: String, ratiosOf values: [Double]) {
    let found = Set(values.filter { $0.isFinite && $0 > 0 }).sorted()
    ticks = found.isEmpty ? [1] : found
    // One number alone stands in the middle.
    range = found.count > 1 ? ticks[0]...ticks[ticks.count - 1] : ticks[0] / 2...ticks[0] * 2
    isLogarithmic = true
    self.title = title
  }

  /// How far along the axis a number is, 0 to 1 within its range; nil: it has no place there.
  func place(of value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    func position(_ value: Double) -> Double { isLogarithmic ? logarithm(value) : value }
    let (low, high) = (position(range.lowerBound), position(range.upperBound))
    return (position(value) - low) / (high - low)
  }

  /// The largest power of ten that is not above `width`.
  private static func power(below width: Double) -> Double {
    var power = 1.0
    while power > width { power /= 10 }
    while power * 10 <= width { power *= 10 }
    return power
  }

  /// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `width`.
  private static func roundStep(above width: Double) -> Double {
    let power = power(below: width)
    return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= width } ?? power * 10
  }
}

/// The logarithm to base 2.
private func logarithm(_ value: Double) -> Double {
  // Exponent and the rest by squaring: exact for powers of two, and close enough for a picture.
  var result = Double(value.exponent)
  var rest = value.significand
  var bit = 0.5
  while bit > 1e-6 {
    rest *= rest
    if rest >= 2 {
      rest /= 2
      result += bit
    }
    bit /= 2
  }
  return result
}
