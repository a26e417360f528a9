import TestSupport
import Testing

@testable import MLA

@Suite struct ClassificationMetricsTests {
  @Test func `three classes are counted as by hand`() {
    let metrics = ClassificationMetrics(
      predictions: [0, 2, 1, 0, 0, 1], labels: [0, 1, 2, 0, 1, 2], classCount: 3)
    // The example of scikit-learn's f1_score: 0.8, 0, 0; macro 0.266...
    expectClose(metrics.classes.map(\.f1), [0.8, 0, 0], relative: 1e-15)
    expectClose(metrics.classes.map(\.precision), [2.0 / 3, 0, 0], relative: 1e-15)
    expectClose(metrics.classes.map(\.recall), [1, 0, 0], relative: 1e-15)
    #expect(metrics.classes.map(\.support) == [2, 2, 2])
    #expect(metrics.accuracy == 2.0 / 6)
    expectClose([metrics.macroF1], [0.8 / 3], relative: 1e-15)
    expectClose([metrics.balancedAccuracy], [1.0 / 3], relative: 1e-15)
  }

  @Test func `classes that never occur do not count in the mean`() {
    // Class 0: precision 1, recall 1/2, F1 2/3. Class 3: predicted only, F1 0. Classes 1, 2: never.
    let metrics = ClassificationMetrics(predictions: [0, 3], labels: [0, 0], classCount: 4)
    expectClose([metrics.macroF1], [(2.0 / 3 + 0) / 2], relative: 1e-15)
    #expect(metrics.classes[1] == ClassMetrics(precision: 0, recall: 0, f1: 0, support: 0))
    // Only class 0 occurs in labels, and half of it is found.
    #expect(metrics.balancedAccuracy == 0.5)
  }

  @Test func `no prediction is wrong and belongs to no class`() {
    let metrics = ClassificationMetrics(
      predictions: [0, -1, -1, 1], labels: [0, 0, 1, 1], classCount: 2)
    #expect(metrics.classes.map(\.support) == [2, 2])
    #expect(metrics.sampleCount == 4 && metrics.accuracy == 0.5)
    #expect(metrics.classes.map(\.precision) == [1, 1])
    #expect(metrics.classes.map(\.recall) == [0.5, 0.5])
    expectClose([metrics.macroF1], [2.0 / 3], relative: 1e-15)
  }

  @Test func `only the samples asked for count`() {
    let metrics = ClassificationMetrics(
      predictions: [0, -1, 1], labels: [0, 1, 0], classCount: 2, counting: [true, false, true])
    #expect(metrics.sampleCount == 2 && metrics.accuracy == 0.5)
    #expect(metrics.classes.map(\.support) == [2, 0])
    #expect(metrics.classes.map(\.recall) == [0.5, 0])
  }

  @Test func `a million classes take memory for themselves, not for their pairs`() {
    let metrics = ClassificationMetrics(
      predictions: [999_999, 3], labels: [999_999, 4], classCount: 1_000_000)
    #expect(metrics.accuracy == 0.5)
    expectClose([metrics.macroF1], [1.0 / 3], relative: 1e-15)
  }

  @Test func `without samples there is no accuracy`() {
    let metrics = ClassificationMetrics(predictions: [], labels: [], classCount: 2)
    #expect(metrics.accuracy.isNaN && metrics.macroF1.isNaN && metrics.sampleCount == 0)
    #expect(metrics.balancedAccuracy.isNaN)
  }
}
