import Testing

@testable import MLA

@Suite struct RosterTests {
  let full = Roster(sampleCount: 6_000, rows: [Array(0..<6_000), Array(0..<6_000)])

  @Test func `samples are those with a row, ascending`() {
    let roster = Roster(sampleCount: 4, rows: [[2, -1, 0, 1], [-1, -1, 5, -1]])
    #expect(roster.samples(of: 0) == [0, 2, 3])
    #expect(roster.samples(of: 1) == [2])
    #expect(!roster.has(1, modality: 0) && roster.has(2, modality: 1))
  }

  @Test func `nothing is dropped at rate zero, and one modality stays at rate one`() {
    #expect(full.dropping(rates: [0, 0], seed: 1, stream: "s") == full)
    let alone = full.dropping(rates: [1, 1], seed: 1, stream: "s")
    let counts = (0..<2).map { alone.samples(of: $0).count }
    #expect(counts[0] + counts[1] == 6_000)
    // Uniform: 3,000 with a standard deviation of 39.
    #expect(abs(counts[0] - 3_000) < 200)
    #expect((0..<6_000).allSatisfy { alone.has($0, modality: 0) != alone.has($0, modality: 1) })
  }

  @Test func `modalities go missing at their own rates, independently`() {
    let roster = full.dropping(rates: [0.5, 0.2], seed: 7, stream: "missing/train")
    // Rescued: half of the 10 % that would lose both.
    #expect(abs(roster.samples(of: 0).count - 3_300) < 200)
    #expect(abs(roster.samples(of: 1).count - 5_100) < 200)
    let both = roster.samples(of: 0).count { roster.has($0, modality: 1) }
    #expect(abs(both - 2_400) < 200)
    for sample in 0..<6_000 {
      #expect(roster.has(sample, modality: 0) || roster.has(sample, modality: 1))
      for modality in 0..<2 where roster.has(sample, modality: modality) {
        #expect(roster.rows[modality][sample] == full.rows[modality][sample])
      }
    }
  }

  @Test func `equal seeds and streams drop the same, others do not`() {
    func drop(_ seed: UInt64, _ stream: String) -> Roster {
      full.dropping(rates: [0.3, 0.3], seed: seed, stream: stream)
    }
    #expect(drop(1, "a") == drop(1, "a"))
    #expect(drop(1, "a") != drop(2, "a") && drop(1, "a") != drop(1, "b"))
  }

  @Test func `what was absent stays absent, and the last one a sample has stays`() {
    let roster = Roster(sampleCount: 3, rows: [[-1, 4, -1], [3, -1, -1]])
    #expect(roster.dropping(rates: [1, 1], seed: 1, stream: "s") == roster)
  }
}
