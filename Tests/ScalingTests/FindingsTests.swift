import TestSupport
import Testing

@testable import Scaling

/// Jobs as they might have run, in milliseconds.
func report(
  cycle: Double, _ works: [(head: Double, backward: Double)] = [(1, 9)], coordinator: Double = 1,
  digest: String = "abcdef0123"
) -> LayoutReport {
  let ranks = works.enumerated().map { place, work in
    var rank = LayoutReport.Rank(
      rank: place + 1, role: "m\(place)", host: "node1", training: cycle * 1e-3)
    (rank.head, rank.backward) = (work.head * 1e-3, work.backward * 1e-3)
    rank.wait = (cycle - work.head - work.backward) * 1e-3
    return rank
  }
  return LayoutReport(
    cycles: [cycle * 1e-3], coordinatorBusy: coordinator * 1e-3, ranks: ranks,
    weightsDigest: digest)
}

/// Rounds of the cycles of layouts, in milliseconds; nil: the job failed.
func rounds(_ cycles: [[Double?]], foreign: [Double] = []) -> [Round] {
  cycles.enumerated().map { place, cycles in
    var round = Round(place + 1, layouts: cycles.count)
    round.outcomes = cycles.map { cycle in
      cycle.map {
        .ran(report(cycle: $0), foreign: foreign.indices.contains(place) ? foreign[place] : 0)
      } ?? .failed("it broke", isRefusal: false)
    }
    return round
  }
}

@Suite struct FindingsTests {
  private static let strong = [Layout(.strong, 1), Layout(.strong, 2), Layout(.strong, 4)]

  @Test func `a spread is the middle and both ends`() {
    #expect(Spread([3, 1, 2])?.median == 2)
    #expect(Spread([4, 1, 2, 8])?.median == 3)
    #expect(Spread([4, 1, 2, 8])?.least == 1 && Spread([4, 1, 2, 8])?.most == 8)
    #expect(Spread([]) == nil)
  }

  @Test func `a speed-up is the median of ratios within rounds, not a ratio of medians`() throws {
    // Ratios 2, 1.5 and 4; medians 100 and 50, whose ratio is 2; the middle ratio is 2 as well, so rounds
    // that slow down together must not matter: with the pairs apart it would be 100 / 40.
    let findings = Findings(
      [Layout(.strong, 1), Layout(.strong, 2)], rounds([[100, 50], [60, 40], [400, 100]]),
      limit: 0.1)
    let speedUp = try #require(findings.rows[1].speedUp)
    #expect(speedUp.median == 2 && speedUp.least == 1.5 && speedUp.most == 4)
    let slow = Findings(
      [Layout(.strong, 1), Layout(.strong, 2)], rounds([[100, 50], [1000, 500], [90, 45]]),
      limit: 0.1)
    #expect(slow.rows[1].speedUp == Spread([2]))
    #expect(slow.rows[1].efficiency == Spread([1]) && slow.rows[1].ideal == 0.05)
  }

  @Test func `efficiency is of what would be ideal for the kind`() {
    let layouts = Self.strong + [Layout(.weak, 2), Layout(.weak, 8)]
    let row = Findings(layouts, rounds([[64, 40, 32, 16, 20]]), limit: 0.1).rows
    let found = [
      row[1].speedUp, row[1].efficiency, row[2].speedUp, row[2].efficiency, row[4].efficiency,
    ]
    expectClose(found.compactMap { $0?.median }, [1.6, 0.8, 2, 0.5, 0.8])
    #expect(row[2].ideal == 0.016 && row[4].ideal == 0.016)
  }

  @Test func `rounds in which others worked are dropped and counted`() {
    let findings = Findings(
      [Layout(.weak, 1)], rounds([[10], [99], [12], [14]], foreign: [0.02, 0.11, 0.1, 0]),
      limit: 0.1)
    #expect(findings.kept == [1, 3, 4] && findings.droppedCount == 1)
    #expect(findings.rows[0].cycle?.median == 0.012 && !findings.areAllDisturbed)
  }

  @Test func `where every round was disturbed, all count, and that is known`() {
    let findings = Findings([Layout(.weak, 1)], rounds([[10], [12]], foreign: [1, 2]), limit: 0.1)
    #expect(findings.areAllDisturbed && findings.kept == [1, 2])
    #expect(findings.rows[0].cycle?.median == 0.011)
  }

  @Test func `a layout that failed says why, and others stand`() {
    let findings = Findings(Self.strong, rounds([[80, nil, 40], [80, 40, 40]]), limit: 0.1)
    #expect(findings.rows.map { $0.failure } == [nil, "it broke", nil])
    #expect(findings.rows[1].speedUp?.median == 2)
    let never = Findings(Self.strong, rounds([[80, nil, 40]]), limit: 0.1).rows[1]
    #expect(never.cycle == nil && never.speedUp == nil && never.factors == nil)
  }

  @Test func `weights of all rounds are looked at`() {
    var two = rounds([[10], [10]])
    two[1].outcomes[0] = .ran(report(cycle: 10, digest: "other"), foreign: 0)
    #expect(
      Findings([Layout(.weak, 1)], two, limit: 0.1).rows[0].digests == ["abcdef0123", "other"])
  }
}

@Suite struct FactorsTests {
  @Test func `the factors of two ranks of which one has half the work`() throws {
    // Works 20 and 10, mean 15: balance 0.75. All turns take 3 + 2 + 1 ms, so that without messages the
    // cycle is 20; it was 25.
    let factors = try #require(
      Factors(report(cycle: 25, [(2, 18), (1, 9)], coordinator: 3)))
    #expect(abs(factors.loadBalance - 0.75) < 1e-12)
    #expect(abs(factors.serialisation - 1) < 1e-12)
    #expect(abs(factors.transfer - 0.8) < 1e-12)
    #expect(abs(factors.parallelEfficiency - 15.0 / 25) < 1e-12)
  }

  @Test func `turns that take longer than any encoder serialise the ranks`() throws {
    // Works 10 each; turns 4 x 4 + 9 = 25 ms, one after the other; the cycle was 40.
    let factors = try #require(
      Factors(report(cycle: 40, Array(repeating: (4, 6), count: 4), coordinator: 9)))
    #expect(abs(factors.loadBalance - 1) < 1e-12)
    #expect(abs(factors.serialisation - 0.4) < 1e-12)
    #expect(abs(factors.transfer - 0.625) < 1e-12)
    #expect(abs(factors.parallelEfficiency - 0.25) < 1e-12)
  }

  @Test func `clocks that differ by a little do not make more of a cycle than it has`() throws {
    #expect(try #require(Factors(report(cycle: 9.9))).transfer == 1)
    #expect(Factors(report(cycle: 10, [])) == nil)
  }
}
