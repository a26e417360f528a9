import Configuration
import Exchange
import MLA
import Tensors
import Testing

@testable import Coordinator

/// Which model is kept.
@Suite struct ModelSelectionTests {
  /// An evaluation of two samples whose logits, of class 0 against class 1, are `first` and `second`; both are of
  /// class 0.
  private func evaluation(
    _ first: Float, _ second: Float, split: EvaluatedSplit = .validation
  ) throws -> Evaluation {
    var mlp = SelectionOptions()
    mlp.keep = .best
    let run = RunConfiguration(
      classes: ["a", "b"],
      modalities: [
        ModalityConfiguration(name: "m", source: .synthetic(.init()), encoder: .mlp(.init()))
      ])
    return try Evaluation(
      split: split,
      logits: [
        ModalityLogits(logits: [first, 0, second, 0], present: [true, true], classCount: 2)
      ], labels: [0, 0], configuration: run, prediction: nil)
  }

  private func selection(
    _ measure: SelectionOptions.Measure, patience: Int? = nil
  ) -> ModelSelection {
    var options = SelectionOptions()
    (options.keep, options.measure, options.patience) = (.best, measure, patience)
    return ModelSelection(options)
  }

  @Test func `of equal ones the first stays, and each measure has its direction`() throws {
    // Losses fall and rise; accuracies are 1, 1 and 0.5.
    let (good, better, bad) = (
      try evaluation(1, 1), try evaluation(2, 2), try evaluation(3, -4)
    )
    let loss = selection(.loss)
    #expect(loss.note(good, epoch: 1) && !loss.note(good, epoch: 2))
    #expect(loss.note(better, epoch: 3) && !loss.note(bad, epoch: 4))
    #expect(loss.kept?.epoch == 3 && loss.evaluationsSince == 1)
    let accuracy = selection(.accuracy)
    #expect(accuracy.note(bad, epoch: 1) && accuracy.note(good, epoch: 2))
    #expect(!accuracy.note(better, epoch: 3))
    #expect(accuracy.kept == .init(epoch: 2, value: 1))
    #expect(accuracy.kept?.folder == "weights/epoch-0002")
    let f1 = selection(.macroF1)
    #expect(f1.note(bad, epoch: 1) && f1.note(good, epoch: 2))
    // One class of two is found in half of its samples, the other never occurs in labels: (2/3 + 0) / 2, then 1.
    #expect(f1.kept?.value == 1)
  }

  @Test func `what is no number is no better than anything`() throws {
    let loss = selection(.loss)
    #expect(try !loss.note(evaluation(.nan, 1), epoch: 1))
    #expect(loss.kept == nil && loss.evaluationsSince == 1)
    #expect(try loss.note(evaluation(-5, -5), epoch: 2))
    #expect(try !loss.note(evaluation(.infinity, 9), epoch: 3))
    #expect(loss.kept?.epoch == 2)
    // Test samples choose nothing.
    #expect(try !loss.note(evaluation(9, 9, split: .test), epoch: 4))
    #expect(loss.evaluationsSince == 1)
  }

  @Test func `patience counts evaluations that are no better`() throws {
    let loss = selection(.loss, patience: 2)
    for (epoch, logit) in [Float(1), 0.5, 2, 2, 1].enumerated() {
      #expect(!loss.isOver)
      _ = try loss.note(evaluation(logit, logit), epoch: epoch + 1)
    }
    #expect(loss.isOver && loss.kept?.epoch == 3)
    var options = SelectionOptions()
    options.patience = 1
    let last = ModelSelection(options)
    _ = try last.note(evaluation(1, 1), epoch: 1)
    _ = try last.note(evaluation(1, 1), epoch: 2)
    #expect(last.isOver && last.kept == nil)
  }

  @Test func `it is remembered, and a model that was not written is forgotten`() throws {
    let loss = selection(.loss)
    _ = try loss.note(evaluation(1, 1), epoch: 1)
    _ = try loss.note(evaluation(2, 2), epoch: 2)
    _ = try loss.note(evaluation(1, 1), epoch: 3)
    let again = selection(.loss)
    for (own, other) in zip(again.state, loss.state) {
      own.restore(try #require(other.values(of: Double.self)))
    }
    #expect(again.kept == loss.kept && again.evaluationsSince == 1)
    loss.lose("weights/epoch-0001")
    #expect(loss.kept?.epoch == 2)
    loss.lose("weights/epoch-0002")
    #expect(loss.kept?.epoch == 1)
    let fresh = selection(.loss)
    for own in fresh.state {
      own.restore(try #require(selection(.loss).state[0].values(of: Double.self)))
    }
    #expect(fresh.kept == nil && ModelSelection(.init()).state.isEmpty)
  }
}
