/// The least value of a convex function of one number.
enum ConvexSearch {
  /// Where the slope crosses 0 within the box, or the end towards which the function falls: Newton's steps,
  /// and bisection where one leaves what is left of the box.
  ///
  /// - Parameter slopes: the first and the second derivative, which is at least 0. Where the first is no
  ///   number, the search ends at `start`.
  static func minimum(
    from start: Double, in box: ClosedRange<Double>,
    _ slopes: (Double) throws -> (first: Double, second: Double)
  ) rethrows -> Double {
    var (low, high) = (box.lowerBound, box.upperBound)
    if try slopes(low).first >= 0 { return low }
    if try slopes(high).first <= 0 { return high }
    var point = start
    for _ in 0..<100 {
      let (first, second) = try slopes(point)
      guard first.isFinite else { return start }
      if first == 0 { return point }
      if first > 0 { high = point } else { low = point }
      let newton = point - first / second
      let next = newton > low && newton < high ? newton : (low + high) / 2
      let change = abs(next - point)
      point = next
      if change <= 1e-13 * point { break }
    }
    return point
  }
}
