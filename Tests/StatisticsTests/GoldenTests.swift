import Foundation
import Tensors
import Testing

@testable import Statistics

/// The same numbers as SciPy and NumPy give: Golden/make_golden.py.
@Suite struct GoldenTests {
  private struct Golden: Decodable {
    struct Flips: Decodable {
      let differences: [Double]
      let p: Double
    }
    struct Pair: Decodable {
      let onlyFirst: Int
      let onlySecond: Int
      let p: Double
    }
    struct Corrected: Decodable {
      let ps: [Double]
      let corrected: [Double]
    }
    struct Believed: Decodable {
      let scores: [Double]
      let labels: [Int]
      let before: [Double]
      let temperature: Double
      let after: [Double]
    }
    struct Players: Decodable {
      let values: [Double]
      let contributions: [Double]
    }
    let signFlips: [Flips]
    let mcNemar: [Pair]
    let holm: Corrected
    let calibration: Believed
    let shapley: Players
  }

  private let golden: Golden

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "statistics", withExtension: "json", subdirectory: "Golden"))
    golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }

  private func expectClose(
    _ found: [Double], _ expected: [Double], _ tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (one, other) in zip(found, expected) {
      #expect(abs(one - other) <= tolerance * max(1, abs(other)), sourceLocation: sourceLocation)
    }
  }

  @Test func `sign flips`() throws {
    var generator = SeededGenerator(seed: 0, stream: "none")
    for entry in golden.signFlips {
      let p = try #require(SignFlip(entry.differences, drawingFrom: &generator).p)
      expectClose([p], [entry.p], 1e-12)
    }
  }

  @Test func `the exact form of McNemar`() {
    for entry in golden.mcNemar {
      let first = (0..<entry.onlyFirst + entry.onlySecond).map { $0 < entry.onlyFirst }
      expectClose([McNemar(first, first.map { !$0 }).p], [entry.p], 1e-10)
    }
  }

  @Test func `the correction of Holm`() {
    expectClose(
      Holm.corrected(golden.holm.ps).map { $0 ?? -1 }, golden.holm.corrected, 1e-12)
  }

  @Test func `calibration, before and after the temperature`() throws {
    let (scores, labels) = (golden.calibration.scores, golden.calibration.labels)
    let predicted = labels.map { _ in true }
    func numbers(_ temperature: Double) throws -> [Double] {
      let found = try #require(
        Calibration(
          probabilities: Softmax.probabilities(scores, classCount: 5, temperature: temperature),
          labels: labels, isPredicted: predicted))
      return [found.expectedError, found.negativeLogLikelihood, found.brier]
    }
    expectClose(try numbers(1), golden.calibration.before, 1e-12)
    let temperature = try #require(
      Temperature.fitted(scores: scores, labels: labels, isPredicted: predicted))
    // Where a function is flattest, its least value is known to half as many digits.
    expectClose([temperature], [golden.calibration.temperature], 1e-6)
    expectClose(try numbers(temperature), golden.calibration.after, 1e-6)
  }

  @Test func `contributions`() {
    expectClose(
      Shapley.contributions(golden.shapley.values), golden.shapley.contributions, 1e-12)
  }
}
