import Tensors
import Testing

@testable import Statistics

/// Intervals by resampling: what they must be where it is known.
@Suite struct GroupBootstrapTests {
  private func interval(
    _ differences: [[Double]], _ groups: [[Int]], _ resampling: GroupBootstrap.Resampling,
    isShared: Bool = true, count: Int = 2_000
  ) throws -> GroupBootstrap.Interval {
    var generator = SeededGenerator(seed: 1, stream: "bootstrap")
    return try #require(
      try GroupBootstrap(differences, groups: groups, isShared: isShared).interval(
        resampling, count: count, drawingFrom: &generator))
  }

  @Test func `what never differs has no width`() throws {
    let same = Array(repeating: 0.25, count: 40)
    for isShared in [true, false] {
      for resampling in [GroupBootstrap.Resampling.samples, .seedsAndSamples] {
        let found = try interval(
          [same, same], [Array(0..<40), Array(0..<40)], resampling, isShared: isShared, count: 50)
        #expect(found == .init(low: 0.25, high: 0.25))
      }
    }
  }

  /// Of two groups with means 0 and 1, a quarter of the draws has 0, a quarter 1.
  @Test func `groups are drawn whole`() throws {
    let values = [0, 0, 0, 1, 1, 1] as [Double]
    #expect(try interval([values], [[4, 4, 4, 9, 9, 9]], .samples) == .init(low: 0, high: 1))
    // Six samples by themselves: all equal one time in 64 only on either side, 1/64 < 0.025.
    let alone = try interval([values], [Array(0..<6)], .samples, count: 20_000)
    #expect(abs(alone.low - 1.0 / 6) < 1e-12 && abs(alone.high - 5.0 / 6) < 1e-12)
  }

  /// 400 differences of 0 and 1: the standard error is 0.025, and 1.96 of them 0.049.
  @Test func `a wide sample has the width of its standard error`() throws {
    let values = (0..<400).map { Double($0 % 2) }
    let found = try interval([values], [Array(0..<400)], .samples)
    #expect(abs(found.low - 0.451) < 0.006 && abs(found.high - 0.549) < 0.006)
    // In 100 groups of four alike, it is as that of 100 samples: twice as wide.
    let grouped = (0..<400).map { Double($0 / 4 % 2) }
    let wide = try interval([grouped], [(0..<400).map { $0 / 4 }], .samples)
    #expect(abs((wide.high - wide.low) / (found.high - found.low) - 2) < 0.2)
  }

  @Test func `seeds that differ widen it only where seeds are drawn`() throws {
    let (low, high) = (Array(repeating: -0.5, count: 50), Array(repeating: 0.5, count: 50))
    let groups = [Array(0..<50), Array(0..<50)]
    for isShared in [true, false] {
      #expect(
        try interval([low, high], groups, .samples, isShared: isShared, count: 100)
          == .init(low: 0, high: 0))
      #expect(
        try interval([low, high], groups, .seedsAndSamples, isShared: isShared)
          == .init(low: -0.5, high: 0.5))
    }
  }

  /// Three groups of one sample, with 1, and one of nine, with 0. In one draw of 256 all four are the large one,
  /// in 12 three are: the mean is then 1 of 28, where a mean of means would be 1/4.
  @Test func `large groups count for more`() throws {
    let found = try interval(
      [[1, 1, 1] + Array(repeating: 0, count: 9)], [[0, 1, 2] + Array(repeating: 3, count: 9)],
      .samples, count: 10_000)
    #expect(abs(found.low - 1.0 / 28) < 1e-12 && found.high == 1)
  }

  /// Of two seeds with other samples, errors add up by chance, not always.
  @Test func `samples of their own are drawn by themselves`() throws {
    let values = (0..<400).map { Double($0 % 2) }
    let groups = [Array(0..<400), Array(0..<400)]
    func width(_ isShared: Bool) throws -> Double {
      let found = try interval([values, values], groups, .samples, isShared: isShared)
      return found.high - found.low
    }
    #expect(abs(try width(true) / width(false) - 1.414) < 0.15)
  }

  /// One seed of three has 1 everywhere, the others 0.
  @Test func `a seed that is drawn twice counts twice`() throws {
    let (ones, zeros) = ([1, 1, 1, 1] as [Double], [0, 0, 0, 0] as [Double])
    let groups = [Array(0..<4), Array(0..<4), Array(0..<4)]
    for isShared in [true, false] {
      // Of three seeds with a single 1, 8 of 27 draws have none, 1 of 27 has three: 1/27 > 0.025.
      #expect(
        try interval([ones, zeros, zeros], groups, .seedsAndSamples, isShared: isShared)
          == .init(low: 0, high: 1))
    }
  }

  @Test func `nothing to draw from has no interval`() throws {
    var generator = SeededGenerator(seed: 1, stream: "bootstrap")
    let one = GroupBootstrap([[1, 0]], groups: [[3, 3]], isShared: true)
    #expect(try one.interval(.samples, drawingFrom: &generator) == nil)
    let none = GroupBootstrap([], groups: [], isShared: true)
    #expect(try none.interval(.samples, drawingFrom: &generator) == nil)
  }

  @Test func `percentiles are numpy's`() {
    // numpy.percentile([0, 1, 2, 10], [2.5, 50, 97.5])
    let found = [0.025, 0.5, 0.975].map { GroupBootstrap.percentile([0, 1, 2, 10], $0) }
    for (value, expected) in zip(found, [0.075, 1.5, 9.4]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }
}
