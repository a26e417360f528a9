import Tensors

/// The bootstrap of a mean difference over samples (Efron and Tibshirani, "An Introduction to the Bootstrap",
/// 1993, chapter 13: percentile intervals), in whole groups: what one speaker says comes or goes together.
public struct GroupBootstrap: Sendable {
  /// What is drawn anew.
  public enum Resampling: Sendable {
    /// Groups of samples: how the difference would be on other samples, with the models as they are.
    case samples
    /// Seeds, then groups: with other models, too.
    case seedsAndSamples
  }

  /// From where to where.
  public struct Interval: Sendable, Equatable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double
    /// An interval.
    public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }
  }

  /// The sums of differences, by seed and group.
  private let sums: [[Double]]
  /// The numbers of samples, by seed and group.
  private let counts: [[Double]]
  /// Whether all seeds have the same samples, so that a group is drawn for all of them at once.
  private let isShared: Bool

  /// - Parameters:
  ///   - differences: of each seed, what the samples contribute, such as 1, 0 or -1.
  ///   - groups: of each seed, the group of every sample.
  ///   - isShared: whether the samples, and their groups, are the same for all seeds.
  public init(_ differences: [[Double]], groups: [[Int]], isShared: Bool) {
    precondition(zip(differences, groups).allSatisfy { $0.count == $1.count })
    precondition(!isShared || groups.allSatisfy { $0 == groups.first })
    self.isShared = isShared
    var (sums, counts): ([[Double]], [[Double]]) = ([], [])
    for (values, names) in zip(differences, groups) {
      var places: [Int: Int] = [:]
      var (sum, count): ([Double], [Double]) = ([], [])
      for (value, name) in zip(values, names) {
        let place = places[name] ?? sum.count
        if place == sum.count {
          places[name] = place
          sum.append(0)
          count.append(0)
        }
        sum[place] += value
        count[place] += 1
      }
      sums.append(sum)
      counts.append(count)
    }
    (self.sums, self.counts) = (sums, counts)
  }

  /// The central 95 % of the resampled means; nil where there is nothing to resample: no seed, or one group.
  ///
  /// A mean is that over the seeds of the means over the samples drawn.
  public func interval(
    _ resampling: Resampling, count: Int = 10_000,
    drawingFrom generator: inout some RandomNumberGenerator
  ) throws -> Interval? {
    guard !sums.isEmpty, sums.allSatisfy({ $0.count > 1 }), count > 0 else { return nil }
    var means: [Double] = []
    means.reserveCapacity(count)
    var seeds = Array(sums.indices)
    var together = isShared ? total(over: seeds) : []
    for _ in 0..<count {
      try LongWork.step()
      if resampling == .seedsAndSamples {
        for place in seeds.indices { seeds[place] = generator.index(below: sums.count) }
        if isShared { together = total(over: seeds) }
      }
      let total =
        isShared
        ? drawn(together, counts[0], &generator)
        : seeds.reduce(0) { $0 + drawn(sums[$1], counts[$1], &generator) }
      means.append(total / Double(seeds.count))
    }
    means.sort()
    return Interval(
      low: Self.percentile(means, 0.025), high: Self.percentile(means, 0.975))
  }

  /// The sum of each group over some seeds.
  private func total(over seeds: [Int]) -> [Double] {
    var total = [Double](repeating: 0, count: sums[0].count)
    for seed in seeds {
      for group in total.indices { total[group] += sums[seed][group] }
    }
    return total
  }

  /// A mean over groups that are drawn, of which sums and numbers of samples are given.
  private func drawn(
    _ sums: [Double], _ counts: [Double], _ generator: inout some RandomNumberGenerator
  ) -> Double {
    var (sum, count) = (0.0, 0.0)
    for _ in sums.indices {
      let group = generator.index(below: sums.count)
      sum += sums[group]
      count += counts[group]
    }
    return sum / count
  }

  /// The number below which a share of sorted numbers lies, between two neighbours by a straight line: numpy's
  /// `linear`.
  static func percentile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}

extension RandomNumberGenerator {
  /// A whole number uniform in `0 ..< bound`.
  fileprivate mutating func index(below bound: Int) -> Int {
    // Bits that are not used do not matter: bounds are small beside 2^64.
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
