/// The middle of some numbers, and their range.
public struct Spread: Sendable, Equatable {
  /// The middle one; of an even number of them, halfway between the two in the middle.
  public let median: Double
  /// The least.
  public let least: Double
  /// The greatest.
  public let most: Double

  /// The spread of some numbers; nil where there are none.
  public init?(_ numbers: [Double]) {
    let sorted = numbers.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    (least, most) = (first, last)
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
