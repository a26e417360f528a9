import Foundation
import TestSupport
import Testing

@testable import MLA

/// The negative log-likelihood of what is fused.
@Suite struct FusionLossTests {
  /// Two modalities, two classes, three samples: the second lacks a modality, the third both.
  private let modalities = [
    ModalityLogits(
      logits: [0, 2, 1, -1, 0, 0], present: [true, true, false], classCount: 2),
    ModalityLogits(
      logits: [1, 1, 0, 0, 0, 0], present: [true, false, false], classCount: 2),
  ]
  private let labels = [1, 0, 1]

  @Test func `of summed logits, of summed probabilities and of a pool, by hand`() {
    let logits = Fusion.fuse(modalities, kind: .averageLogits, keepsScores: false, labels: labels)
    // Means of logits (0.5, 1.5) and (1, -1).
    let expected = [log(1 + exp(-1.0)), log(1 + exp(-2.0))]
    expectClose(logits.losses.compactMap(\.self), expected, relative: 1e-12)
    #expect(logits.losses.count == 3 && logits.losses[2] == nil)
    expectClose([logits.loss], [expected.reduce(0, +) / 2], relative: 1e-12)

    let sums = Fusion.fuse(modalities, kind: .averageProbabilities, labels: labels)
    let mean = (1 / (1 + exp(-2.0)) + 0.5) / 2
    expectClose(
      sums.losses.compactMap(\.self), [-log(mean), log(1 + exp(-2.0))], relative: 1e-12)

    let pool = RobustPool(
      spoilt: 0.05, prior: [0.5, 0.5], weights: [1, 1], detectors: [nil, nil])
    let pooled = pool.fuse(modalities, labels: labels)
    let score = FusionScore(pooled, labels: labels, counting: [true, true, true])
    expectClose([pooled.loss], [score.negativeLogLikelihood], relative: 1e-12)
    // Who gives no labels gets no losses.
    #expect(Fusion.fuse(modalities, kind: .averageLogits).losses.isEmpty)
    #expect(pool.fuse(modalities).loss.isNaN)
  }

  @Test(arguments: FusionKind.unfitted)
  func `logits that are no numbers make the loss none, and do not make it better`(
    kind: FusionKind
  ) {
    var spoilt = modalities
    spoilt[0] = ModalityLogits(
      logits: [.nan, 2, 1, -1, 0, 0], present: [true, true, false], classCount: 2)
    let result = Fusion.fuse(spoilt, kind: kind, labels: labels)
    #expect(result.loss.isNaN)
    #expect(result.losses[0]?.isNaN == true)
  }
}
