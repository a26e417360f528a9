import Configuration
import Exchange
import MLA
import Testing

@testable import Coordinator

/// Which evaluations the order of turns goes by.
@Suite struct TurnOrderingTests {
  @Test func `test samples decide nothing`() throws {
    var run = RunConfiguration(
      classes: ["x", "y"],
      modalities: ["a", "b"].map {
        ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(.init()))
      })
    run.orderRule = .weakestFirst
    // The first is right, the second wrong.
    let values: [[Float]] = [[9, 0], [0, 9]]
    let logits = values.map { ModalityLogits(logits: $0, present: [true], classCount: 2) }
    func evaluation(of split: EvaluatedSplit) throws -> Evaluation {
      try Evaluation(
        split: split, logits: logits, labels: [0], configuration: run, prediction: nil)
    }
    let ordering = TurnOrdering(run)
    try ordering.note(evaluation(of: .test))
    #expect(ordering.order == [0, 1])
    try ordering.note(evaluation(of: .validation))
    #expect(ordering.order == [1, 0])
  }
}
