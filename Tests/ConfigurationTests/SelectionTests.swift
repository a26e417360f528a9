import Networks
import Testing

@testable import Configuration

/// Which model is kept, and what the loss makes of labels.
@Suite struct SelectionTests {
  private func run(_ overrides: String...) throws -> RunConfiguration {
    try RunConfiguration.parse(
      minimal, file: "run.yaml", baseDirectory: nil, overrides: overrides)
  }

  private func problem(_ overrides: String...) -> String? {
    let error = #expect(throws: ConfigurationError.self) {
      try RunConfiguration.parse(
        minimal, file: "run.yaml", baseDirectory: nil, overrides: overrides)
    }
    return error?.problem
  }

  @Test func `the last model is kept, and all classes count alike, unless it is said`() throws {
    let plain = try run()
    #expect(plain.selection == SelectionOptions() && !plain.selection.isActive)
    #expect(plain.classWeights == .alike && plain.loss(weighing: []).isPlain)
    let chosen = try run(
      "selection={keep: best, by: macro_f1, patience: 3}", "data.validation=0.2",
      "class_weights=[1, 2.5]", "label_smoothing=0.1")
    #expect(chosen.selection.keep == .best && chosen.selection.measure == .macroF1)
    #expect(chosen.selection.patience == 3 && chosen.selection.isActive)
    #expect(
      chosen.loss(weighing: []) == LossOptions(classWeights: [1, 2.5], smoothing: 0.1))
    // What was found out wins.
    #expect(chosen.loss(weighing: [3, 1]).classWeights == [3, 1])
    let again = try RunConfiguration.parse(chosen.yaml, file: "again", baseDirectory: nil)
    #expect(again == chosen)
    #expect(try run("class_weights=balanced").classWeights == .balanced)
  }

  @Test func `balanced weights have a mean of 1 over samples`() {
    #expect(ClassWeights.balanced.values(counts: [30, 10]) == [40 / 60.0, 2])
    #expect(ClassWeights.balanced.values(counts: [5, 5, 5]) == [1, 1, 1])
    #expect(ClassWeights.alike.values(counts: [30, 10]) == [])
    #expect(ClassWeights.listed([7, 1]).values(counts: [30, 10]) == [7, 1])
  }

  @Test func `what cannot be is refused`() {
    #expect(
      problem("selection.keep=best")
        == "found best, which goes by a validation split, but data.validation is 0; set it, to 0.1 for instance, or leave selection out"
    )
    #expect(
      problem("selection.patience=4")
        == "found 4, which goes by a validation split, but data.validation is 0; set it, to 0.1 for instance, or leave selection out"
    )
    #expect(
      problem("class_weights=[1, 2, 3]") == "found 3 numbers, expected 2, one for each class")
    #expect(
      problem("class_weights=ballanced")
        == "found ballanced, expected balanced, a list of a number above 0 for each class, or null; did you mean 'balanced'?"
    )
    #expect(
      problem("class_weights=[1, 0]") == "found 0, expected a number above 0 and at most 1000000")
    #expect(
      problem("label_smoothing=1") == "found 1, expected a number of at least 0 and below 1")
    #expect(
      problem("selection.patience=0")
        == "found 0, expected a whole number from 1 to 1000000, or null")
  }

  @Test func `a second training of all samples chooses nothing`() throws {
    let run = try run(
      "selection.keep=best", "data.validation=0.2", "fusion={kind: robust_pool, refit_on_all: true}"
    )
    #expect(run.fitting.selection.keep == .best)
    #expect(run.trained.selection == SelectionOptions())
    #expect(throws: Never.self) {
      try RunConfiguration.parse(run.trained.yaml, file: "second", baseDirectory: nil)
    }
  }

  @Test func `what a choice follows from is not changed on the way`() throws {
    let old = try run("selection.keep=best", "data.validation=0.2")
    func changes(_ change: (inout RunConfiguration) -> Void) throws -> ConfigurationChanges {
      var new = old
      change(&new)
      return try ConfigurationChanges(from: old.yaml, to: new)
    }
    #expect(try changes { $0.selection.keep = .last }.another.count == 1)
    #expect(try changes { $0.evaluation.every = 2 }.inexact.count == 1)
    #expect(try changes { $0.fusion.kind = .averageLogits }.inexact.count == 1)
    #expect(try changes { $0.epochs = 90 }.free.count == 1)
    #expect(try changes { $0.classWeights = .balanced }.inexact.count == 1)
    #expect(try changes { $0.labelSmoothing = 0.5 }.inexact.count == 1)
    // A build without these keys kept the last model, and had all classes count alike.
    let plain = try run()
    let lines = plain.yaml.split(separator: "\n", omittingEmptySubsequences: false)
    let older = lines.filter { line in
      !["selection:", "  keep: last", "  by:", "  patience:", "class_weights:", "label_smoothing:"]
        .contains { line.hasPrefix($0) }
    }
    #expect(older.count == lines.count - 6)
    let same = try ConfigurationChanges(from: older.joined(separator: "\n"), to: plain)
    #expect(same.another.isEmpty && same.inexact.isEmpty && same.free.isEmpty)
  }
}
