import Exchange
import Testing

@testable import Coordinator
@testable import Runs

@Suite struct ProgressLineTests {
  private func progress(_ modality: Int?, _ lossSum: Double) -> RunProgress {
    RunProgress(
      epoch: 0, cycle: 1, cyclesPerEpoch: 4, modality: modality,
      totals: TrainingTotals(samples: 2, correct: 1, lossSum: lossSum))
  }

  private func line(_ names: [String], _ turns: [RunProgress]) throws -> String {
    var line = ProgressLine(names: names, epochs: 3)
    for turn in turns { line.add(turn) }
    let said = line.line(turns[turns.count - 1], every: .zero)
    return try #require(said)
  }

  @Test func `a joint loss stands alone, or after those of the modalities`() throws {
    let both = try line(["a", "b", "joint"], [progress(1, 3), progress(nil, 1), progress(nil, 2)])
    #expect(both.hasPrefix("epoch 1/3 · cycle 2/4 · "))
    #expect(both.hasSuffix(" · loss b 1.500 joint 0.750"))
    #expect(try line(["joint"], [progress(nil, 1)]).hasSuffix(" · loss joint 0.500"))
    #expect(try line(["a", "b"], [progress(0, 1)]).hasSuffix(" · loss a 0.500"))
  }
}
