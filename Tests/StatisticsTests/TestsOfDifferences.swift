import Tensors
import Testing

@testable import Statistics

/// Tests of differences, by hand arithmetic.
@Suite struct TestsOfDifferences {
  private var generator = SeededGenerator(seed: 1, stream: "tests")

  @Test func `mean and deviation are those of a sample`() throws {
    let moments = try #require(Moments([1, 2, 3, 4]))
    #expect(moments.mean == 2.5)
    // Squares 2.25 + 0.25 + 0.25 + 2.25 = 5, over 3.
    #expect(abs(try #require(moments.deviation) - 1.2909944487358056) < 1e-15)
    #expect(abs(try #require(moments.standardError) - 0.6454972243679028) < 1e-15)
    #expect(Moments([7])?.deviation == nil && Moments([]) == nil)
  }

  /// Of 2^n signings of ones, the sums n - 2k come binomial(n, k) times.
  @Test(
    arguments: [
      ([1, 1, 1, 1, 1, 1], 2.0 / 64), ([1, 1, 1, 1, 1, 1, 1, -1], 18.0 / 256),
      ([1, 1, 1, 1, 1, 1, 1, 1], 2.0 / 256), ([0, 0, 0, 0, 0, 0], 1),
      // Sums that are equal but for the order of adding: 1 of either sign whatever the sizes, and two ways to 0.8.
      ([0.1, 0.2, 0.3, 0.1, 0.1, 0.2], 2.0 / 64), ([-0.1, 0.2, 0.3, 0.1, 0.1, 0.2], 8.0 / 64),
    ] as [([Double], Double)])
  func `p is the share of signings that are as far from 0`(differences: [Double], p: Double) {
    var generator = generator
    #expect(SignFlip(differences, drawingFrom: &generator) == .tested(p))
    #expect(SignFlip(differences.reversed().map { -$0 }, drawingFrom: &generator) == .tested(p))
  }

  @Test(arguments: [0, 1, 3, 5]) func `few pairs are not tested`(count: Int) {
    var generator = generator
    let test = SignFlip(Array(repeating: 1, count: count), drawingFrom: &generator)
    #expect(test == .notTestable(pairCount: count) && test.p == nil)
  }

  @Test func `the least p is that of equal signs`() {
    #expect(
      [3, 5, 6, 8].map { SignFlip.leastP(pairCount: $0) } == [0.25, 0.0625, 0.03125, 0.0078125])
    #expect(SignFlip.leastP(pairCount: 0) == 1)
  }

  @Test func `many pairs are tested by drawn signings, which agree with the normal distribution`()
    throws
  {
    var generator = generator
    // 8 more of one sign than of the other among 24: 2 · 1271626 of the 2^24 signings are as far from 0.
    let differences = (0..<24).map { $0 < 16 ? 1.0 : -1.0 }
    let p = try #require(SignFlip(differences, drawingFrom: &generator).p)
    #expect(abs(p - 0.15158) < 0.004)
  }

  @Test func `a signing is never impossible, and those beyond 64 pairs are their own`() throws {
    var generator = generator
    // 2 of 2^24 signings: none is drawn, but the one that was found counts.
    let alike = Array(repeating: 1.0, count: 24)
    #expect(SignFlip(alike, drawingFrom: &generator) == .tested(1 / 100_001.0))
    // Two that differ, 64 places apart, have one sign in half of the signings.
    let apart = (0..<66).map { [1, 65].contains($0) ? 1.0 : 0 }
    let p = try #require(SignFlip(apart, drawingFrom: &generator).p)
    #expect(abs(p - 0.5) < 0.006)
  }

  @Test func `differences that are no numbers are not tested`() {
    var generator = generator
    let differences: [Double] = [.nan, 1, 1, 1, 1, 1, 1, 1]
    #expect(SignFlip(differences, drawingFrom: &generator) == .notTestable(pairCount: 8))
  }

  @Test(arguments: [(7, 1, 18.0 / 256), (0, 0, 1.0), (3, 3, 1.0), (0, 5, 2.0 / 32)])
  func `McNemar's p is twice the smaller tail`(first: Int, second: Int, p: Double) {
    let one = Array(repeating: true, count: first) + Array(repeating: false, count: second)
    let test = McNemar(one + [true, false], one.map { !$0 } + [true, false])
    #expect(test.onlyFirst == first && test.onlySecond == second)
    #expect(abs(test.p - p) < 1e-12)
  }

  @Test func `Holm multiplies, and never falls`() {
    let corrected = Holm.corrected([0.01, 0.04, nil, 0.03])
    #expect(corrected[2] == nil)
    for (found, expected) in zip([0, 1, 3].map { corrected[$0] ?? -1 }, [0.03, 0.06, 0.06]) {
      #expect(abs(found - expected) < 1e-15)
    }
    #expect(Holm.corrected([0.6, 0.9]) == [1, 1] && Holm.corrected([]) == [])
  }
}
