import Glibc
import TestSupport
import Testing

@testable import Experiments

/// The numbers of one run whose every prediction is known.
@Suite struct CellTests {
  private typealias Said = HandmadeExperiment.Said

  private func cell(
    _ test: Said, validation: Said? = nil, _ more: String = "", fusion: String = "average_logits",
    trainCounts: [Int] = [9, 1, 1, 1, 1, 1]
  ) throws -> Cell {
    let experiment = try HandmadeExperiment("variants: {mla: {}}\nfusions: [\(fusion)]\n" + more)
    try experiment.leave("mla", test: test, validation: validation, trainCounts: trainCounts)
    return try #require(try experiment.findings().rows[0].finished.first)
  }

  /// Six samples: both say the label; only the first does, has it, says another; neither has it.
  private static let mixed: Said = {
    var said = Said(
      labels: [0, 1, 1, 2, 0, 3],
      classes: [[0, 1, 1, -1, 1, -1], [0, -1, 2, 2, 1, -1]])
    said.height = 2
    return said
  }()

  @Test func `accuracies, confusion and macro-F1 by hand`() throws {
    let found = try cell(Self.mixed)
    // Of equal sums, as for the third sample, the first class is taken: 1. Right: 0, 1, 2, 3; 4 wrong, 5 unknown.
    #expect(found.accuracy == 4.0 / 6)
    // Each over the samples that it has: 3 of 4, 2 of 4.
    #expect(found.modalityAccuracies == [3.0 / 4, 2.0 / 4])
    #expect(
      [found.confusion[0, 0], found.confusion[0, 1], found.confusion[1, 1]] == [1, 1, 2])
    #expect(found.confusion.unpredicted == [0, 0, 0, 1, 0, 0])
    // F1 2/3, 4/5, 1, 0 of the classes 0 to 3, together 37/15; 4 and 5 do not occur.
    #expect(abs(found.macroF1 - 37.0 / 60) < 1e-12)
    #expect(found.calibration?.omittedCount == 1 && found.calibration?.sampleCount == 5)
    #expect(found.validationAccuracy == nil && found.temperature == nil && found.calibrated == nil)
  }

  @Test func `nobody is left: the most frequent class of training, the first of equals`() throws {
    let found = try cell(
      Self.mixed, "conditions: {subsets: true}", trainCounts: [1, 2, 2, 1, 1, 1])
    // Class 1: two of six. The first modality alone: 0, 1, 2 right, 3 and 5 taken for class 1. The second: 0
    // and 3 right, 1 taken for class 1.
    #expect(found.subsets == [2, 3, 3, 4].map { $0 / 6 })
    // ((3 - 2) + (4 - 3)) / 2 of six, each.
    #expect(found.contributions.allSatisfy { abs($0 - 1.0 / 6) < 1e-12 })
  }

  @Test func `the temperature is that of the validation split`() throws {
    // Logits 2 apart of six classes, three of four right: exp(2/T) / (exp(2/T) + 5) = 3/4, so T = 2 / log 15.
    var validation = Said(right: 0..<3, of: 4)
    validation.height = 2
    var test = Said(right: 0..<1, of: 10)
    test.height = 2
    let found = try cell(test, validation: validation)
    #expect(found.validationAccuracy == 0.75)
    #expect(abs(try #require(found.temperature) - 2 / log(15)) < 1e-6)
    let (before, after) = (try #require(found.calibration), try #require(found.calibrated))
    // All samples are in one bin: |accuracy - confidence|.
    let confidence = exp(2.0) / (exp(2.0) + 5)
    #expect(abs(before.expectedError - (confidence - 0.1)) < 1e-6)
    #expect(abs(after.expectedError - 0.65) < 1e-6)
    // One right with 3/4, nine wrong with 1/20 for the label.
    let logarithms = log(0.75) + 9 * log(0.05)
    #expect(abs(after.negativeLogLikelihood + logarithms / 10) < 1e-6)
    // Right: 1/16 + 5/400; wrong: 9/16 + (19/20)^2 + 4/400.
    #expect(abs(after.brier - (0.075 + 9 * 1.475) / 10) < 1e-6)
  }

  @Test func `probabilities are believed as they are`() throws {
    var test = Said(right: 0..<10, of: 10)
    test.height = 2
    let found = try cell(test, fusion: "average_probs")
    let confidence = exp(2.0) / (exp(2.0) + 5)
    let error = try #require(found.calibration?.expectedError)
    #expect(abs(error - (1 - confidence)) < 1e-6)
  }

  @Test func `weights that the configuration fixes are used`() throws {
    var test = Said(right: 0..<10, of: 10)
    test.classes[0] = [Int](repeating: 1, count: 10)
    // Of equal weights the first class would win.
    let fusion = "settings: {fusion: {kind: fixed_logits, weights: {strong: 3, weak: 2}}}"
    #expect(try cell(test, fusion, fusion: "fixed_logits").accuracy == 0)
    #expect(try cell(test).accuracy == 1)
  }

  @Test func `modalities go missing in the test split alone`() throws {
    // The first is always right, the second always wrong.
    var test = Said(right: 0..<40, of: 40)
    test.classes[1] = [Int](repeating: 1, count: 40)
    let found = try cell(
      test, validation: Said(right: 0..<4, of: 4), "conditions: {missing: {rates: [0, 0.5, 1]}}")
    // Of equal logits the first class wins; with one modality each, those that keep the first are right.
    #expect(found.missing[0] == 1 && found.missing[1] == found.missing[2])
    let right = try #require(found.missing[1] ?? nil)
    #expect(0.2...0.8 ~= right)
    #expect(found.accuracy == 1 && found.validationAccuracy == 1)
  }
}
