import MLA
import Testing

/// Rates of missing modalities that are met exactly.
@Suite struct ExactRosterTests {
  private func whole(_ samples: Int, _ modalities: Int) -> Roster {
    Roster(
      sampleCount: samples,
      rows: Array(repeating: (0..<Int32(samples)).map { $0 }, count: modalities))
  }

  private func pairs(_ roster: Roster) -> Int {
    roster.rows.reduce(0) { $0 + $1.count { $0 != Roster.absent } }
  }

  /// N M (1 - r) pairs stay, but never less than one a sample.
  @Test(arguments: [
    (3, 0.0, 300), (3, 0.1, 270), (3, 0.5, 150), (3, 0.6, 120), (3, 2.0 / 3, 100), (3, 0.8, 100),
    (3, 1, 100), (2, 0.25, 150), (2, 0.8, 100), (1, 0.5, 100), (6, 0.35, 390),
  ])
  func `so many pairs stay, one of each sample among them`(
    modalities: Int, rate: Double, count: Int
  ) {
    let roster = whole(100, modalities).lacking(exactly: rate, seed: 4, stream: "missing/train")
    #expect(pairs(roster) == count)
    #expect(roster.presence.allSatisfy { !$0.modalities.isEmpty })
    for (modality, rows) in roster.rows.enumerated() {
      for (sample, row) in rows.enumerated() {
        #expect(row == Int32(sample) || row == Roster.absent, "\(modality)")
      }
    }
  }

  @Test func `what was absent stays so, and samples without any stay without`() {
    let rows: [[Int32]] = [[0, -1, 1, -1, 2, 3], [-1, 0, 1, -1, 2, 3]]
    let roster = Roster(sampleCount: 6, rows: rows).lacking(exactly: 0.25, seed: 1, stream: "x")
    // 8 pairs, 6 of which stay; 5 samples have one.
    #expect(pairs(roster) == 6)
    for (before, after) in zip(rows.joined(), roster.rows.joined()) {
      #expect(after == before || after == Roster.absent)
    }
    #expect((0..<6).filter { !roster.has($0, modality: 0) && !roster.has($0, modality: 1) } == [3])
  }

  @Test func `modalities are dropped alike, by seed and stream`() {
    let many = whole(3_000, 3)
    let roster = many.lacking(exactly: 0.5, seed: 1, stream: "a")
    for modality in 0..<3 {
      // 4500 of 9000 pairs stay: 1500 of each, give or take four standard deviations.
      #expect(abs(roster.samples(of: modality).count - 1_500) < 110)
    }
    #expect(many.lacking(exactly: 0.5, seed: 1, stream: "a") == roster)
    #expect(many.lacking(exactly: 0.5, seed: 2, stream: "a") != roster)
    #expect(many.lacking(exactly: 0.5, seed: 1, stream: "b") != roster)
  }
}
