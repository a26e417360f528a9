import Tensors

/// McNemar's exact test of two classifiers on the same samples (McNemar, Psychometrika 12, 1947; the binomial
/// form).
///
/// Only the samples count that one of them gets right and the other wrong: if both were alike, each would be
/// right in half of these.
public struct McNemar: Sendable, Equatable {
  /// Samples that only the first has right.
  public let onlyFirst: Int
  /// Samples that only the second has right.
  public let onlySecond: Int

  /// The test of what two classifiers have right, sample by sample.
  public init(_ first: [Bool], _ second: [Bool]) {
    precondition(first.count == second.count, "\(first.count) samples and \(second.count)")
    onlyFirst = zip(first, second).count { $0 && !$1 }
    onlySecond = zip(first, second).count { !$0 && $1 }
  }

  /// The two-sided p: twice the smaller tail of the binomial distribution of n and 1/2, at most 1.
  public var p: Double {
    let count = onlyFirst + onlySecond
    guard count > 0 else { return 1 }
    // Logarithms of the coefficients, which grow beyond all numbers.
    var (coefficient, tail) = (-Double(count) * Elementary.logarithm(2), 0.0)
    for successes in 0...min(onlyFirst, onlySecond) {
      if successes > 0 {
        coefficient += Elementary.logarithm(Double(count - successes + 1) / Double(successes))
      }
      tail += Elementary.exponential(coefficient)
    }
    return min(1, 2 * tail)
  }
}
