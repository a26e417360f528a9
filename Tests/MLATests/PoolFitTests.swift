import Glibc
import Tensors
import TestSupport
import Testing

@testable import MLA

@Suite struct PoolFitTests {
  @Test(arguments: PooledCase.names)
  func `weights, temperatures and detectors are the reference's`(name: String) throws {
    let golden = try PooledCase(name)
    let prior = RobustPool.prior(of: golden.train, classCount: golden.classes)
    expectClose(prior, try doubles(golden.prior), relative: 1e-15)
    let fit = try PoolFit(
      golden.sound, shuffled: golden.shuffled, labels: golden.labels, prior: prior)
    expectClose(fit.temperatures, try doubles(golden.temperatures), relative: 1e-6, "temperatures")
    expectClose([fit.scale], [golden.scale], relative: 1e-5, "scale")
    expectClose(fit.pool.weights, try doubles(golden.weights), relative: 1e-5, "weights")
    #expect(!fit.isFallback)
    for (found, expected) in zip(fit.pool.detectors, golden.detectors) {
      let found = try #require(found)
      expectClose(found.means, try doubles(expected.means), relative: 1e-12, "means")
      expectClose(found.deviations, try doubles(expected.deviations), relative: 1e-12)
      expectClose(
        found.coefficients, try doubles(expected.coefficients), relative: 1e-4, "coefficients")
    }
  }

  @Test(arguments: PooledCase.names)
  func `what is minimised is the reference's, and its slope is that of differences`(
    name: String
  ) throws {
    let golden = try PooledCase(name)
    let objective = PoolObjective(
      try golden.sound, labels: golden.labels, spoilt: 0.05, prior: try doubles(golden.prior),
      seed: 0)
    let point = try doubles(golden.point)
    let slope = try objective.slope(at: point)
    expectClose([slope.value], [golden.value], relative: 1e-13)
    try expectDifferences(of: objective, at: point, slope.gradient)
  }

  @Test func `the slope over subsets that are drawn is that of differences`() throws {
    let (logits, labels) = drawn(12, classes: 3, modalities: 6)
    func objective(_ seed: UInt64) -> PoolObjective {
      PoolObjective(logits, labels: labels, spoilt: 0.05, prior: [0.5, 0.3, 0.2], seed: seed)
    }
    let point = [0.4, 1, 1.5, 0.8, 2, 0.6]
    let slope = try objective(1).slope(at: point)
    try expectDifferences(of: objective(1), at: point, slope.gradient)
    let (again, other) = (try objective(1).slope(at: point), try objective(2).slope(at: point))
    #expect(again.value == slope.value && again.gradient == slope.gradient)
    #expect(other.value != slope.value)
  }

  private func expectDifferences(
    of objective: PoolObjective, at point: [Double], _ gradient: [Double]
  ) throws {
    let found = try point.indices.map { place in
      let values = try [-1e-5, 1e-5].map { step in
        var moved = point
        moved[place] += step
        return try objective.slope(at: moved).value
      }
      return (values[1] - values[0]) / 2e-5
    }
    expectClose(gradient, found, relative: 1e-7, "gradient")
  }

  /// Modalities that know the label, the more the earlier they are; the last one knows nothing.
  private func drawn(
    _ count: Int, classes: Int, modalities: Int
  ) -> (logits: [ModalityLogits], labels: [Int]) {
    var generator = SeededGenerator(seed: 8, stream: "pool")
    let labels = (0..<count).map { _ in generator.integer(below: classes) }
    let logits = (0..<modalities).map { modality in
      var values = (0..<count * classes).map { _ in Float(generator.normal()) }
      for (sample, label) in labels.enumerated() {
        values[sample * classes + label] += Float(modalities - 1 - modality)
      }
      return ModalityLogits(
        logits: values, present: [Bool](repeating: true, count: count), classCount: classes,
        featureNorms: [Double](repeating: 1, count: count))
    }
    return (logits, labels)
  }

  @Test
  func `a modality that knows nothing is switched off, and the pool says what it would without it`()
    throws
  {
    let (logits, labels) = drawn(120, classes: 3, modalities: 3)
    // Loud, and about nothing.
    let loud = ModalityLogits(
      logits: logits[2].logits.map { 6 * $0 }, present: logits[2].present, classCount: 3)
    let third = 1.0 / 3
    let fit = try PoolFit(
      [logits[0], logits[1], loud], shuffled: nil, labels: labels, prior: [third, third, third])
    #expect(fit.pool.weights[2] < 0.05 * fit.pool.weights[0])
    #expect(fit.pool.detectors == [nil, nil, nil])
    let fused = fit.pool.fuse([logits[0], logits[1], loud]).predictions
    let average = Fusion.fuse([logits[0], logits[1], loud], kind: .averageLogits).predictions
    func right(_ predictions: [Int]) -> Int { zip(predictions, labels).count { $0 == $1 } }
    #expect(right(fused) > right(average) + 20)
  }

  @Test func `a strong ridge keeps the scaled temperatures, and none lets them go`() throws {
    let (logits, labels) = drawn(60, classes: 3, modalities: 3)
    func fit(_ ridge: Double) throws -> PoolFit {
      var options = PoolFit.Options()
      options.ridge = ridge
      return try PoolFit(
        logits, shuffled: nil, labels: labels, prior: [0.4, 0.3, 0.3], options)
    }
    let held = try fit(1e8)
    expectClose(held.pool.weights, held.temperatures.map { held.scale * $0 }, relative: 1e-4)
    #expect(try abs(fit(0).pool.weights[0] - held.pool.weights[0]) > 1e-3)
  }

  @Test func `logits that are no numbers count as absent`() throws {
    var (logits, labels) = drawn(40, classes: 3, modalities: 2)
    let present = [false] + [Bool](repeating: true, count: 39)
    func fit(_ first: [Float], _ present: [Bool]) throws -> PoolFit {
      let changed = ModalityLogits(
        logits: first + logits[0].logits.dropFirst(3), present: present, classCount: 3)
      return try PoolFit(
        [changed, logits[1]], shuffled: nil, labels: labels, prior: [0.4, 0.3, 0.3])
    }
    let expected = try fit([0, 0, 0], present)
    #expect(try fit([.nan, 0, 0], [true] + present.dropFirst()) == expected)
    #expect(try fit([0, -.infinity, 0], [true] + present.dropFirst()) == expected)
    labels = []
    logits = logits.map { _ in ModalityLogits(logits: [], present: [], classCount: 3) }
    let empty = try PoolFit(logits, shuffled: nil, labels: [], prior: [0.4, 0.3, 0.3])
    #expect(empty.pool.weights == [1, 1] && empty.temperatures == [1, 1])
  }

  @Test func `fewer than twenty samples give no detector`() throws {
    for count in [19, 20] {
      let (logits, labels) = drawn(count, classes: 3, modalities: 2)
      let fit = try PoolFit(
        logits, shuffled: logits, labels: labels, prior: [0.4, 0.3, 0.3])
      #expect(fit.pool.detectors.allSatisfy { ($0 != nil) == (count == 20) })
    }
    let all = drawn(40, classes: 3, modalities: 1).logits[0]
    let few = only(all) { $0 < 19 }
    #expect(try SpoiltDetector(sound: all, spoilt: few) == nil)
    #expect(try SpoiltDetector(sound: few, spoilt: all) == nil)
  }

  /// Logits of which only some samples are there.
  private func only(_ all: ModalityLogits, _ isPresent: (Int) -> Bool) -> ModalityLogits {
    ModalityLogits(
      logits: all.logits, present: all.present.indices.map(isPresent),
      classCount: all.classCount, featureNorms: all.featureNorms)
  }

  @Test func `what is no number is no example of a sound input`() throws {
    let all = drawn(40, classes: 3, modalities: 1).logits[0]
    let torn = ModalityLogits(
      logits: [.nan] + all.logits.dropFirst(), present: all.present, classCount: 3,
      featureNorms: all.featureNorms)
    let without = only(all) { $0 > 0 }
    let expected = try #require(try SpoiltDetector(sound: without, spoilt: all))
    #expect(try SpoiltDetector(sound: torn, spoilt: all) == expected)
  }

  @Test func `scores of predictions, by hand`() {
    let logits = ModalityLogits(
      logits: [Float(log(3.0)), 0, 0, 0, 5, 0], present: [true, true, false], classCount: 2)
    let result = Fusion.fuse([logits], kind: .averageLogits)
    let all = FusionScore(result, labels: [0, 1, 0], counting: [true, true, true])
    // Right, wrong (the first of equal ones), absent.
    expectClose([all.accuracy], [1.0 / 3], relative: 1e-15)
    expectClose([all.negativeLogLikelihood], [(log(4.0 / 3) + log(2.0)) / 2], relative: 1e-7)
    let own = FusionScore(result, labels: [0, 1, 0], counting: logits.present)
    #expect(own.accuracy == 0.5)
  }
}

@Suite struct DescentTests {
  @Test func `a bowl's bottom is found, inside the box or at its wall`() throws {
    // Least at (1, -2), with the two numbers tied to each other.
    func bowl(_ x: [Double]) -> BoxDescent.Slope {
      let (a, b) = (x[0] - 1, x[1] + 2)
      return (a * a + 50 * b * b + 6 * a * b, [2 * a + 6 * b, 100 * b + 6 * a])
    }
    let free = try #require(try BoxDescent.minimise(from: [0, 0], in: -9...9, bowl))
    expectClose(free, [1, -2], relative: 1e-6)
    // With the second held at -1: 2a + 6 = 0.
    let walled = try #require(try BoxDescent.minimise(from: [0, 0], in: -1...9, bowl))
    expectClose(walled, [-1, -1], relative: 1e-6)
  }

  @Test func `a bent valley is followed to its end`() throws {
    let found = try BoxDescent.minimise(from: [-1.2, 1], in: -5...5) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }
    expectClose(try #require(found), [1, 1], relative: 1e-4)
  }

  @Test func `what is no number from the beginning has no least value`() throws {
    let nowhere = try BoxDescent.minimise(from: [1], in: 0...2) { _ in (.nan, [1]) }
    #expect(nowhere == nil)
    // One that only begins to be none is kept away from.
    let found = try BoxDescent.minimise(from: [1], in: 0...2) { x in
      x[0] < 0.5 ? (.nan, [.nan]) : (x[0], [1])
    }
    #expect(try #require(found)[0] >= 0.5)
  }

  @Test func `a convex function of one number, in the box and at its ends`() {
    // exp(x) - 3 x: least at log 3.
    func least(_ box: ClosedRange<Double>) -> Double {
      ConvexSearch.minimum(from: 1, in: box) { (exp($0) - 3, exp($0)) }
    }
    expectClose([least(1e-3...20)], [log(3.0)], relative: 1e-12)
    #expect(least(2...20) == 2 && least(1e-3...1.05) == 1.05)
    let start = ConvexSearch.minimum(from: 1, in: 0...2) { _ in (.nan, 1) }
    #expect(start == 1)
  }
}
