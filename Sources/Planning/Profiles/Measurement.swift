/// Several measurements of one time, in seconds.
public struct Measurement: Codable, Sendable, Equatable {
  /// The middle one.
  public var median: Double
  /// The least one: what other work disturbed least.
  public var least: Double
  /// How far they lie apart: half the distance between the quartiles, over the median. For normal noise it
  /// is 0.674 standard deviations.
  public var spread: Double
  /// How many there were.
  public var count: Int

  /// What came of these times; all zero where there are none.
  public init(_ times: [Double]) {
    let sorted = times.sorted()
    func quantile(_ part: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
    }
    median = quantile(0.5)
    least = sorted.first ?? 0
    spread = median > 0 ? (quantile(0.75) - quantile(0.25)) / 2 / median : 0
    count = sorted.count
  }

  /// A time that is known.
  public init(exactly seconds: Double) { self.init([seconds]) }
}
