import Glibc
import TestSupport
import Testing

@testable import MLA

private struct FusedCase: Decodable {
  struct Kind: Decodable {
    var kind, weights, fused: String
    var predictions: [Int]
  }
  var classes, batch: Int
  var fixedWeights: [Double]
  var present: [[Int]]
  var logits, entropies: String
  var kinds: [Kind]
}

@Suite struct FusionTests {
  /// The kinds whose weights are shares, which the reference has.
  private static let shares = FusionKind.unfitted.filter { $0 != .energy }

  @Test(arguments: ["c06", "c10", "c11"], shares)
  func `every kind equals the reference's`(name: String, kind: FusionKind) throws {
    let golden = try golden("fusion-\(name)", as: FusedCase.self)
    let expected = try #require(golden.kinds.first { $0.kind == kind.rawValue })
    let sampleCount = golden.present[0].count
    let logits = try floats(golden.logits)
    let modalities = golden.present.enumerated().map { modality, present in
      ModalityLogits(
        logits: logits.part(modality, length: sampleCount * golden.classes),
        present: present.map { $0 == 1 }, classCount: golden.classes)
    }
    let result = Fusion.fuse(
      modalities, kind: kind, fixedWeights: golden.fixedWeights, batchSize: golden.batch)
    expectClose(result.weights.flatMap(\.self), try doubles(expected.weights), relative: 1e-13)
    expectClose(result.scores, try doubles(expected.fused), relative: 1e-13)
    #expect(result.predictions == expected.predictions)
    expectClose(modalities.flatMap(\.entropies), try doubles(golden.entropies), relative: 1e-13)
    if name == "c10" {
      #expect(result.predictions.contains(-1))
      for (sample, prediction) in result.predictions.enumerated() where prediction == -1 {
        #expect(result.probabilities[sample] == 0)
        #expect(result.scores.part(sample, length: golden.classes).allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func `a sure modality outweighs an unsure one by their entropies`() {
    // Entropies: log 2 and, of (3/4, 1/4), h. Weights as 1 : exp(log 2 - h).
    let three = Float(log(3.0))
    let result = Fusion.fuse(
      logits: [[0, 0], [three, 0]], present: [[true], [true]], classCount: 2, kind: .entropyLogits)
    let h = -(0.75 * log(0.75) + 0.25 * log(0.25))
    let ratio = exp(log(2) - h)
    expectClose(
      [result.weights[0][0], result.weights[1][0]], [1 / (1 + ratio), ratio / (1 + ratio)],
      relative: 1e-7)
    let score = ratio / (1 + ratio) * log(3)
    expectClose(result.scores, [score, 0], relative: 1e-7)
    expectClose(result.probabilities, [exp(score) / (exp(score) + 1)], relative: 1e-7)
  }

  @Test func `the first of equal scores wins`() {
    let result = Fusion.fuse(
      logits: [[1, 5, 5, 2]], present: [[true]], classCount: 4, kind: .averageLogits)
    #expect(result.predictions == [1])
  }

  @Test(arguments: shares)
  func `rows of absent samples are ignored`(kind: FusionKind) {
    let batched = kind == .batchEntropyLogits
    let garbage: [Float] = batched ? [9, -9] : [.nan, .infinity]
    let result = Fusion.fuse(
      logits: [[2, 1] + garbage, garbage + [0, 3]],
      present: [[true, false], [false, true]], classCount: 2, kind: kind, fixedWeights: [0.2, 0.8])
    #expect(result.predictions == [0, 1])
    #expect(result.weights == [[1, 0], [0, 1]])
    let (first, second) = (1 / (1 + exp(-1.0)), 1 / (1 + exp(-3.0)))
    let asProbabilities = [first, 1 - first, 1 - second, second]
    let expected: [Double] = kind.fusesProbabilities ? asProbabilities : [2, 1, 0, 3]
    expectClose(result.scores, expected, relative: 1e-15)
    expectClose(result.probabilities, [first, second], relative: 1e-15)
  }

  @Test(arguments: FusionKind.unfitted, [Float.nan, .infinity, -.infinity])
  func `logits that are no numbers give no prediction and spoil no other sample`(
    kind: FusionKind, bad: Float
  ) {
    let result = Fusion.fuse(
      logits: [[bad, bad, 4, 1], [2, 1, 0, 1]], present: [[true, true], [true, true]],
      classCount: 2, kind: kind, batchSize: 1)
    #expect(result.predictions[0] == -1 && result.probabilities[0] == 0)
    #expect(result.predictions[1] == 0)
  }

  @Test func `a class ruled out by minus infinity has no share in the entropy`() {
    let logits = ModalityLogits(logits: [0, 0, -.infinity], present: [true], classCount: 3)
    expectClose(logits.entropies, [log(2)], relative: 1e-15)
  }

  @Test func `logits of any size neither overflow nor vanish`() {
    let logits: [[Float]] = [[1e38, -1e38, 0, 3e4, 3e4, 3e4], [0, 0, 1, 0, 0, 1]]
    let present = [[true, true], [true, true]]
    let result = Fusion.fuse(
      logits: logits, present: present, classCount: 3, kind: .entropyProbabilities)
    #expect(result.predictions == [0, 2])
    #expect(result.scores.allSatisfy { (0...1).contains($0) })
  }

  @Test(arguments: FusionKind.unfitted.filter { $0 != .batchEntropyLogits })
  func `a sample's result does not depend on its neighbours`(kind: FusionKind) {
    let logits: [[Float]] = [[1, 2, 3, -1, 0, 7], [0.5, 0, 0, 4, 4.5, 1]]
    let whole = Fusion.fuse(
      logits: logits, present: [[true, true], [true, true]], classCount: 3, kind: kind)
    for sample in 0..<2 {
      let own = Fusion.fuse(
        logits: logits.map { $0.part(sample, length: 3) }, present: [[true], [true]],
        classCount: 3, kind: kind)
      #expect(own.scores == whole.scores.part(sample, length: 3))
      #expect(own.weights == whole.weights.map { [$0[sample]] })
      #expect(own.predictions == [whole.predictions[sample]])
    }
  }

  @Test func `energy weighs logits by a tenth of their log-sum-exp, with no share taken`() {
    // exp(z) sums to 4 and to 10; of the second sample one modality is there, whose own sums to 1/2.
    let first: [Float] = [Float(log(3.0)), 0, Float(log(0.2)), Float(log(0.3))]
    let second: [Float] = [0, Float(log(9.0)), .nan, .infinity]
    let result = Fusion.fuse(
      logits: [first, second], present: [[true, true], [true, false]], classCount: 2, kind: .energy)
    let (four, ten, half) = (log(4.0) / 10, log(10.0) / 10, log(0.5) / 10)
    expectClose(result.weights.flatMap { $0 }, [four, half, ten, 0], relative: 1e-7)
    expectClose(
      result.scores, [four * log(3.0), ten * log(9.0), half * log(0.2), half * log(0.3)],
      relative: 1e-6)
    // Below 0, a log-sum-exp turns the order round: the rule is taken as it was published.
    #expect(result.predictions == [1, 0])
  }

  @Test func `a modality of fixed weight zero cannot decide alone`() {
    let result = Fusion.fuse(
      logits: [[0, 1], [1, 0]], present: [[false], [true]], classCount: 2, kind: .fixedLogits,
      fixedWeights: [1, 0])
    #expect(result.predictions == [-1])
  }

  @Test func `no samples and no modalities are no error`() {
    #expect(
      Fusion.fuse(logits: [], present: [], classCount: 2, kind: .entropyLogits).predictions == [])
    #expect(
      Fusion.fuse(logits: [[], []], present: [[], []], classCount: 2, kind: .batchEntropyLogits)
        .weights == [[], []])
  }
}
