/// The mean of some numbers and how far they are from it.
public struct Moments: Sendable, Equatable {
  /// How many numbers there are.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// The sample standard deviation, with `count - 1` below the sum of squares; nil: there is one number.
  public let deviation: Double?

  /// The moments of some numbers, in two passes; nil where there are none.
  public init?(_ numbers: [Double]) {
    guard !numbers.isEmpty else { return nil }
    count = numbers.count
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    self.mean = mean
    guard numbers.count > 1 else {
      deviation = nil
      return
    }
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = (squares / Double(numbers.count - 1)).squareRoot()
  }

  /// The standard error of the mean: `deviation / sqrt(count)`; nil: there is one number.
  public var standardError: Double? { deviation.map { $0 / Double(count).squareRoot() } }
}
