import Testing

@testable import Statistics

/// Calibration, temperature, confusion and contributions, by hand arithmetic.
@Suite struct PredictionStatisticsTests {
  @Test func `calibration of three predictions`() throws {
    // 0.9 right, 0.9 wrong, 0.6 wrong; the fourth has no prediction.
    let found = try #require(
      Calibration(
        probabilities: [0.9, 0.1, 0.9, 0.1, 0.6, 0.4, 0, 0], labels: [0, 1, 1, 0],
        isPredicted: [true, true, true, false]))
    #expect(found.sampleCount == 3 && found.omittedCount == 1)
    // (2 |1/2 - 0.9| + 1 |0 - 0.6|) / 3
    #expect(abs(found.expectedError - 1.4 / 3) < 1e-12)
    // -(ln 0.9 + ln 0.1 + ln 0.4) / 3
    #expect(abs(found.negativeLogLikelihood - 1.108078780175342) < 1e-9)
    // (2 · 0.01 + 2 · 0.81 + 2 · 0.36) / 3
    #expect(abs(found.brier - 2.36 / 3) < 1e-12)
    #expect(Calibration(probabilities: [], labels: [], isPredicted: []) == nil)
  }

  @Test func `a bin has its upper end, not its lower one`() throws {
    func error(_ confidences: [Double], right: [Bool]) throws -> Double {
      let probabilities = confidences.flatMap { [$0, 1 - $0] }
      return try #require(
        Calibration(
          probabilities: probabilities, labels: right.map { $0 ? 0 : 1 },
          isPredicted: right.map { _ in true })
      ).expectedError
    }
    // 9/15 = 0.6 and 0.61 are in different bins: right and wrong do not cancel.
    #expect(abs(try error([0.6, 0.61], right: [true, false]) - (0.4 + 0.61) / 2) < 1e-12)
    // 0.61 and 0.66 are in one: |1 - 1.27| / 2.
    #expect(abs(try error([0.61, 0.66], right: [true, false]) - 0.135) < 1e-12)
    #expect(try error([1], right: [true]) == 0)
  }

  @Test func `the ends of all bins are theirs`() {
    #expect((1...15).map { Calibration.bin(of: Double($0) / 15) } == Array(0..<15))
    #expect((1..<15).map { Calibration.bin(of: Double($0) / 15 + 1e-9) } == Array(1..<15))
    #expect(Calibration.bin(of: 0) == 0)
  }

  @Test func `of equal probabilities the first class is predicted`() throws {
    for (label, error) in [(0, 0.6), (1, 0.4)] {
      let found = try #require(
        Calibration(probabilities: [0.4, 0.4, 0.2], labels: [label], isPredicted: [true]))
      #expect(abs(found.expectedError - error) < 1e-12)
    }
  }

  @Test func `what is no number is left out, and ends nothing`() throws {
    let probabilities: [Double] = [.nan, .nan, 0.9, 0.1, .infinity, 0]
    let found = try #require(
      Calibration(
        probabilities: probabilities, labels: [0, 0, 0], isPredicted: [true, true, true]))
    #expect(found.sampleCount == 1 && found.omittedCount == 2)
    #expect(abs(found.expectedError - 0.1) < 1e-12)
    #expect(
      Calibration(probabilities: [.nan, 0], labels: [0], isPredicted: [true]) == nil)
    // As in the test below, with two samples more.
    let scores: [Double] = [.nan, 0, 0, -.infinity, 2, 0, 2, 0, 2, 0, 2, 0]
    let temperature = try #require(
      Temperature.fitted(
        scores: scores, labels: [0, 0, 0, 0, 0, 1],
        isPredicted: Array(repeating: true, count: 6)))
    #expect(abs(temperature - 1.8204784532536746) < 1e-9)
    #expect(Temperature.fitted(scores: [.nan, 0], labels: [0], isPredicted: [true]) == nil)
    #expect(Temperature.fitted(scores: [], labels: [], isPredicted: []) == nil)
  }

  @Test func `impossible labels cost as much as a probability of 1e-12`() throws {
    let found = try #require(
      Calibration(probabilities: [1, 0], labels: [1], isPredicted: [true]))
    #expect(abs(found.negativeLogLikelihood - 27.631021115928547) < 1e-9)
    #expect(found.brier == 2)
  }

  @Test func `the temperature makes confidence what is right`() throws {
    // Logits 2 apart, three of four right: sigmoid(2/T) = 3/4, T = 2 / ln 3.
    let labels = [0, 0, 0, 1]
    let scores = labels.flatMap { _ in [2.0, 0.0] }
    let found = try #require(
      Temperature.fitted(
        scores: scores, labels: labels, isPredicted: labels.map { _ in true }))
    #expect(abs(found - 1.8204784532536746) < 1e-9)
    let probabilities = Softmax.probabilities(scores, classCount: 2, temperature: found)
    #expect(abs(probabilities[0] - 0.75) < 1e-9)
    // A fifth, without a prediction, changes nothing.
    #expect(
      Temperature.fitted(
        scores: scores + [0, 9], labels: labels + [0],
        isPredicted: labels.map { _ in true } + [false]) == found)
    // All are right: the colder the better, down to the end.
    let cold = try #require(
      Temperature.fitted(scores: [2, 0], labels: [0], isPredicted: [true]))
    #expect(abs(cold - 1e-3) < 1e-9)
    #expect(Temperature.fitted(scores: [2, 0], labels: [0], isPredicted: [false]) == nil)
  }

  @Test func `confusion is counted by label`() {
    var matrix = ConfusionMatrix(classCount: 3)
    matrix.add(predictions: [0, 1, 1, -1, 0], labels: [0, 1, 0, 1, 0])
    #expect(matrix.counts == [2, 1, 0, 0, 1, 0, 0, 0, 0])
    #expect(matrix.unpredicted == [0, 1, 0] && matrix.support(of: 1) == 2)
    #expect(matrix.recall(of: 0) == 2.0 / 3 && matrix.recall(of: 1) == 0.5)
    #expect(matrix.recall(of: 2) == nil && matrix.precision(of: 2) == nil)
    #expect(matrix.precision(of: 0) == 1 && matrix.precision(of: 1) == 0.5)
  }

  @Test func `contributions are means over the orders of coming`() {
    func close(_ found: [Double], _ expected: [Double]) -> Bool {
      found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }
    // First, second: 0.4 first alone and 0.4 after the second; 0.3 and 0.3.
    #expect(close(Shapley.contributions([0.1, 0.5, 0.4, 0.8]), [0.4, 0.3]))
    // Worth something only where 0 and 1 are both there.
    #expect(close(Shapley.contributions([0, 0, 0, 1, 0, 0, 0, 1]), [0.5, 0.5, 0]))
    // Three that add up: each its own.
    let sums: [Double] = [0, 1, 2, 3, 3, 4, 5, 6]
    #expect(close(Shapley.contributions(sums), [1, 2, 3]))
    #expect(close(Shapley.contributions([0.5]), []))
  }
}
