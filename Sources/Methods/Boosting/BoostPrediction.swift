import MLA

/// How a boosted model predicts: the sum of the logits of the modalities present, times the boost.
public struct BoostPrediction: ModelPrediction {
  /// What tables call it.
  public let name = "joint"
  private let boost: Float

  /// The prediction with this boost.
  public init(boost: Float) { self.boost = boost }

  /// The prediction of the modalities' own logits.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult {
    guard let first = modalities.first else { return Fusion.fuse([], kind: .averageLogits) }
    var sums = [Float](repeating: 0, count: first.sampleCount * first.classCount)
    for modality in modalities {
      for (sample, isPresent) in modality.present.enumerated() where isPresent {
        for place in sample * first.classCount..<(sample + 1) * first.classCount {
          sums[place] += modality.logits[place]
        }
      }
    }
    let isAnyPresent = first.present.indices.map { sample in
      modalities.contains { $0.present[sample] }
    }
    return JointPrediction.result(
      sums.map { boost * $0 }, present: isAnyPresent, of: modalities, keepsScores: keepsScores,
      labels: labels)
  }
}
