/// The exact permutation test of paired differences (Fisher, "The Design of Experiments", 1935, section 21).
///
/// If two methods were alike, each difference could as well have the other sign. p is the share of the `2^n`
/// signings whose mean is at least as far from 0 as the one that was found; all differences 0 count, too.
public enum SignFlip: Sendable, Equatable {
  /// The two-sided p.
  case tested(Double)
  /// So few pairs that not even equal signs of all could be told from chance, or some that are no numbers.
  case notTestable(pairCount: Int)

  /// What p must be below for a difference to count.
  public static let level = 0.05
  /// The most pairs whose signings are all gone through.
  static let mostPairs = 20
  /// How many signings of more pairs are drawn.
  static let drawnCount = 100_000

  /// The least p that `pairCount` pairs can have: all signs alike, either way.
  public static func leastP(pairCount: Int) -> Double {
    var p = 2.0
    for _ in 0..<min(pairCount, 1_000) { p /= 2 }
    return min(1, p)
  }

  /// The test of some differences.
  ///
  /// - Parameter generator: beyond 20 pairs, 100,000 signings are drawn from it; the one that was found is counted in.
  public init(_ differences: [Double], drawingFrom generator: inout some RandomNumberGenerator) {
    let count = differences.count
    guard Self.leastP(pairCount: count) <= Self.level, differences.allSatisfy(\.isFinite) else {
      self = .notTestable(pairCount: count)
      return
    }
    let found = abs(differences.reduce(0, +))
    // Equal sums in another order differ in their last bits.
    let bar = found - 1e-12 * differences.reduce(0) { $0 + abs($1) }
    let signings = count <= Self.mostPairs ? 1 << count : Self.drawnCount
    var reached = 0
    if count <= Self.mostPairs {
      for signs in 0..<signings {
        var sum = 0.0
        for (place, difference) in differences.enumerated() {
          sum += signs >> place & 1 == 1 ? -difference : difference
        }
        if abs(sum) >= bar { reached += 1 }
      }
      self = .tested(Double(reached) / Double(signings))
    } else {
      for _ in 0..<signings {
        var (sum, bits) = (0.0, UInt64(0))
        for (place, difference) in differences.enumerated() {
          if place % 64 == 0 { bits = generator.next() }
          sum += bits >> UInt64(place % 64) & 1 == 1 ? -difference : difference
        }
        if abs(sum) >= bar { reached += 1 }
      }
      self = .tested(Double(reached + 1) / Double(signings + 1))
    }
  }

  /// p, where it could be had.
  public var p: Double? { if case .tested(let p) = self { p } else { nil } }
}
