import Foundation

/// A measured quantity that depends on a size, as a table: between two sizes it follows the power law
/// through both, which is a straight line where both axes are logarithmic.
///
/// A line through all sizes (a latency and a bandwidth) is wrong by 20 % and more where messages change
/// their way with their size: see `docs/planning.md`.
public struct Curve: Codable, Sendable, Equatable {
  /// A size and what was measured there.
  public struct Point: Codable, Sendable, Equatable {
    /// Bytes, samples, or whatever is counted.
    public var size: Double
    /// Seconds, or whatever was measured.
    public var value: Double

    /// What was measured at a size.
    public init(_ size: Double, _ value: Double) { (self.size, self.value) = (size, value) }
  }

  /// The table, by size.
  public let points: [Point]

  /// A table, in any order; of equal sizes the first counts.
  public init(_ points: [Point]) {
    self.points = points.sorted { $0.size < $1.size }.reduce(into: []) { kept, point in
      if kept.last?.size != point.size { kept.append(point) }
    }
  }

  /// The value at a size. Below the table it is the first; above, it grows from the last as it did
  /// between the last two.
  public func callAsFunction(_ size: Double) -> Double {
    guard let first = points.first, let last = points.last else { return 0 }
    if size <= first.size { return first.value }
    guard size < last.size else {
      guard points.count > 1 else { return last.value }
      let before = points[points.count - 2]
      let slope = max(0, (last.value - before.value) / (last.size - before.size))
      return last.value + (size - last.size) * slope
    }
    let upper = points.firstIndex { $0.size > size } ?? points.count - 1
    let (low, high) = (points[upper - 1], points[upper])
    let place = log(size / max(low.size, 1e-300)) / log(high.size / max(low.size, 1e-300))
    guard low.value > 0, high.value > 0, low.size > 0 else {
      let share = (size - low.size) / (high.size - low.size)
      return low.value + share * (high.value - low.value)
    }
    return low.value * pow(high.value / low.value, place)
  }

  /// The table with every value multiplied.
  public func scaled(by factor: Double) -> Curve {
    Curve(points.map { Point($0.size, $0.value * factor) })
  }
}
