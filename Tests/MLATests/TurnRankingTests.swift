import MLA
import Testing

/// Who comes first, and by what.
@Suite struct TurnRankingTests {
  @Test func `losses decide, equal ones keep their places, and unknown ones are last`() {
    let losses: [Double?] = [0.5, nil, 2, 0.5, 0.1]
    #expect(TurnRanking.weakestFirst.order(byLosses: losses) == [2, 0, 3, 4, 1])
    #expect(TurnRanking.strongestFirst.order(byLosses: losses) == [4, 0, 3, 2, 1])
  }

  @Test func `what is not a number is as weak as can be`() {
    let losses: [Double?] = [1, .nan, nil, .infinity]
    #expect(TurnRanking.weakestFirst.order(byLosses: losses) == [1, 3, 0, 2])
    #expect(TurnRanking.strongestFirst.order(byLosses: losses) == [0, 1, 3, 2])
  }

  @Test func `a loss is the mean cross-entropy over the samples that are there`() throws {
    // log(1 + 1) and log(1 + 1/3): of logits (0, 0) and (log 3, 0).
    let logits = ModalityLogits(
      logits: [0, 0, 5, 5, 1.0986123, 0], present: [true, false, true], classCount: 2)
    let loss = try #require(logits.loss(labels: [1, 0, 0]))
    #expect(abs(loss - (0.6931471805599453 + 0.2876820724517809) / 2) < 1e-7)
    let nothing = ModalityLogits(logits: [1, 2], present: [false], classCount: 2)
    #expect(nothing.loss(labels: [0]) == nil)
  }

  @Test func `an epoch's order changes whose turn it is, and no mini-batch`() {
    let rows = (0..<3).map { _ in (0..<8).map { Int32($0) } }
    let plan = TrainingPlan(
      roster: Roster(sampleCount: 8, rows: rows), sampling: .shared, batchSize: 4,
      order: [0, 1, 2], seed: 1)
    let (listed, ranked) = (plan.epoch(1), plan.epoch(1, order: [2, 0, 1]))
    #expect(listed.turns.map(\.modality) == [0, 1, 2, 0, 1, 2])
    #expect(ranked.turns.map(\.modality) == [2, 0, 1, 2, 0, 1])
    #expect(ranked.turns.map(\.index) == [6, 7, 8, 9, 10, 11])
    #expect(ranked.turns(of: 0).map(\.index) == [7, 10])
    #expect(ranked.part(1..<2).turns(after: ranked.turns[3]).map(\.modality) == [0, 1])
    for cycle in 0..<2 {
      #expect(
        listed.rows(cycleInEpoch: cycle, modality: 1)
          == ranked.rows(cycleInEpoch: cycle, modality: 1))
    }
  }
}
