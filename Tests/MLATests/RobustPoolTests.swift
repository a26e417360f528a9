import Glibc
import Tensors
import TestSupport
import Testing

@testable import MLA

/// A case of `make_pool_golden.py`.
struct PooledCase: Decodable {
  struct Detector: Decodable {
    var means, deviations, coefficients: String
  }
  var classes: Int
  var present: [[Int]]
  var labels, train: [Int]
  var logits, norms, shuffledLogits, shuffledNorms: String
  var prior, temperatures, weights, scores, point: String
  var scale, value: Double
  var detectors: [Detector]

  static let names = ["one", "two", "three", "four"]

  init(_ name: String) throws { self = try golden("pool-\(name)", as: PooledCase.self) }

  var sound: [ModalityLogits] { get throws { try modalities(logits, norms) } }
  var shuffled: [ModalityLogits] { get throws { try modalities(shuffledLogits, shuffledNorms) } }

  private func modalities(_ logits: String, _ norms: String) throws -> [ModalityLogits] {
    let (values, lengths) = (try floats(logits), try doubles(norms))
    return present.enumerated().map { modality, present in
      ModalityLogits(
        logits: values.part(modality, length: labels.count * classes),
        present: present.map { $0 == 1 }, classCount: classes,
        featureNorms: lengths.part(modality, length: labels.count))
    }
  }

  /// The pool that the reference has fitted.
  var pool: RobustPool {
    get throws {
      RobustPool(
        spoilt: 0.05, prior: try doubles(prior), weights: try doubles(weights),
        detectors: try detectors.map {
          SpoiltDetector(
            means: try doubles($0.means), deviations: try doubles($0.deviations),
            coefficients: try doubles($0.coefficients))
        })
    }
  }
}

@Suite struct RobustPoolTests {
  @Test(arguments: PooledCase.names)
  func `a pool predicts as the reference does`(name: String) throws {
    let golden = try PooledCase(name)
    let found = try golden.pool.fuse(golden.sound)
    let expected = try doubles(golden.scores)
    expectClose(found.scores, expected, relative: 1e-13)
    for (sample, prediction) in found.predictions.enumerated() {
      let scores = expected.part(sample, length: golden.classes)
      let isAbsent = golden.present.allSatisfy { $0[sample] == 0 }
      #expect(prediction == (isAbsent ? -1 : scores.firstIndex(of: scores.max() ?? 0)))
    }
  }

  @Test func `two modalities, by hand`() {
    // Softmaxes (3/4, 1/4) and (1/10, 9/10), uniform prior, half of the inputs spoilt: votes 1/2 (2 p) + 1/2.
    let pool = RobustPool(
      spoilt: 0.5, prior: [0.5, 0.5], weights: [1, 2], detectors: [nil, nil])
    let modalities = [[Float(log(3.0)), 0], [0, Float(log(9.0) / 2)]].map {
      ModalityLogits(logits: $0, present: [true], classCount: 2)
    }
    let found = pool.fuse(modalities)
    let (first, second) = (1.25 * 0.6, 0.75 * 1.4)
    #expect(found.predictions == [1])
    expectClose(found.probabilities, [second / (first + second)], relative: 1e-6)
    // 1/4 of 3/4 of the vote for class 1 is the modality's own, and 9/10 of 14/10 that of the other.
    expectClose(found.weights.flatMap { $0 }, [0.25 / 0.75, 2 * 0.9 / 1.4], relative: 1e-6)
  }

  /// Random logits: some modality absent, some sample without any.
  private func drawn(_ count: Int, classes: Int, modalities: Int) -> [ModalityLogits] {
    var generator = SeededGenerator(seed: 5, stream: "logits")
    return (0..<modalities).map { _ in
      ModalityLogits(
        logits: (0..<count * classes).map { _ in Float(3 * generator.normal()) },
        present: (0..<count).map { _ in generator.uniform() < 0.6 }, classCount: classes)
    }
  }

  @Test func `without contamination, and with weights of 1, it is the average of logits`() {
    let logits = drawn(300, classes: 5, modalities: 3)
    let pool = RobustPool(
      spoilt: 1e-30, prior: [Double](repeating: 0.2, count: 5), weights: [1, 1, 1],
      detectors: [nil, nil, nil])
    let average = Fusion.fuse(logits, kind: .averageLogits)
    #expect(pool.fuse(logits).predictions == average.predictions)
    #expect(average.predictions.contains(-1))
  }

  @Test func `nearly all contamination orders classes by the sum of probabilities`() {
    let logits = drawn(300, classes: 5, modalities: 3)
    let pool = RobustPool(
      spoilt: 0.999_999, prior: [Double](repeating: 0.2, count: 5), weights: [1, 1, 1],
      detectors: [nil, nil, nil])
    let average = Fusion.fuse(logits, kind: .averageProbabilities)
    #expect(pool.fuse(logits).predictions == average.predictions)
  }

  @Test func `a lone modality keeps its own prediction, whatever the prior and the detector say`() {
    let detector = SpoiltDetector(
      means: [0, 0, 0], deviations: [1, 1, 1], coefficients: [0, 0, 0, 4])
    let pool = RobustPool(
      spoilt: 0.3, prior: [0.9, 0.05, 0.05], weights: [0.7, 1e-3], detectors: [detector, detector])
    // In float64, 1 + 2e-30 is 1: only the logits themselves tell the last two apart.
    let alone: [Float] = [1, 2, 0, 0, 1e-30, 2e-30]
    for modality in 0..<2 {
      let logits = (0..<2).map { place in
        ModalityLogits(
          logits: alone, present: [place == modality, place == modality], classCount: 3,
          featureNorms: [1, 1])
      }
      let found = pool.fuse(logits)
      #expect(found.predictions == [1, 2])
      #expect(found.weights[modality] == [pool.weights[modality], pool.weights[modality]])
      #expect(found.weights[1 - modality] == [0, 0])
    }
  }

  @Test func `two honest modalities outvote one that is confident and wrong`() {
    let logits: [[Float]] = [[60, 0, 0], [0, 4, 0], [0, 4, 0]]
    let modalities = logits.map { ModalityLogits(logits: $0, present: [true], classCount: 3) }
    let third = 1.0 / 3
    let pool = RobustPool(
      spoilt: 0.05, prior: [third, third, third], weights: [1, 1, 1], detectors: [nil, nil, nil])
    #expect(Fusion.fuse(modalities, kind: .averageLogits).predictions == [0])
    #expect(pool.fuse(modalities).predictions == [1])
    // It counts for next to nothing there.
    #expect(pool.fuse(modalities).weights[0][0] < 1e-20)
  }

  @Test func `an input that looks spoilt counts less`() {
    let modalities = [[Float(2), 0], [0, 2.5]].map {
      ModalityLogits(logits: $0, present: [true], classCount: 2, featureNorms: [1])
    }
    func probability(_ doubt: Double) -> Double {
      let detector = SpoiltDetector(
        means: [0, 0, 0], deviations: [1, 1, 1], coefficients: [0, 0, 0, doubt])
      let pool = RobustPool(
        spoilt: 0.05, prior: [0.5, 0.5], weights: [1, 1], detectors: [nil, detector])
      return exp(pool.fuse(modalities).scores[0])
    }
    #expect(probability(0) < 0.5 && probability(3) > 0.6)
    // Of features whose norms nobody has told it says nothing.
    let bare = modalities.map {
      ModalityLogits(logits: $0.logits, present: $0.present, classCount: 2)
    }
    func score(_ detector: SpoiltDetector?) -> [Double] {
      let pool = RobustPool(
        spoilt: 0.05, prior: [0.5, 0.5], weights: [1, 1], detectors: [nil, detector])
      return pool.fuse(bare).scores
    }
    let doubting = SpoiltDetector(
      means: [0, 0, 0], deviations: [1, 1, 1], coefficients: [0, 0, 0, 3])
    #expect(score(doubting) == score(nil))
    // Never less likely than any, never more than a hundred times as likely.
    #expect(probability(-9) == probability(0) && probability(9) == probability(5))
  }

  @Test func `logits that are no numbers give no prediction and spoil no other sample`() {
    let modalities = [[Float.nan, 1, 0, 2], [1, 0, 0, 2]].map {
      ModalityLogits(logits: $0, present: [true, true], classCount: 2)
    }
    let pool = RobustPool(
      spoilt: 0.05, prior: [0.5, 0.5], weights: [1, 1], detectors: [nil, nil])
    let found = pool.fuse(modalities)
    #expect(found.predictions == [-1, 1])
    #expect(found.scores.prefix(2) == [0, 0] && found.probabilities[0] == 0)
    #expect(found.weights[0][0] == 0)
  }

  @Test func `a sample's result depends on no other`() {
    let logits = drawn(20, classes: 3, modalities: 3)
    let pool = RobustPool(
      spoilt: 0.1, prior: [0.5, 0.3, 0.2], weights: [0.5, 1, 2], detectors: [nil, nil, nil])
    let whole = pool.fuse(logits)
    for sample in 0..<20 {
      let own = pool.fuse(
        logits.map {
          ModalityLogits(
            logits: $0.logits.part(sample, length: 3), present: [$0.present[sample]], classCount: 3)
        })
      #expect(own.scores == whole.scores.part(sample, length: 3))
      #expect(own.predictions == [whole.predictions[sample]])
    }
  }

  @Test func `no samples are no error`() {
    let nothing = ModalityLogits(logits: [], present: [], classCount: 2)
    let pool = RobustPool(spoilt: 0.1, prior: [0.5, 0.5], weights: [1], detectors: [nil])
    #expect(pool.fuse([nothing]).predictions == [])
  }
}
