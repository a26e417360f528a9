import MLA

/// How a jointly trained model predicts: the logits of the modalities present, summed, and the bias.
public struct JointPrediction: ModelPrediction {
  /// What tables call it.
  public let name = "joint"

  /// The bias that is added to each sum; nil: shares of it are in the logits, or there is none.
  private let wholeBias: [Float]?
  /// A modality's share of the common bias, which makes its own logits comparable; nil: none.
  public let share: [Float]?

  /// The prediction of a model with this common bias, `[K]`; nil: each modality has its own.
  public init(commonBias: [Float]?, modalityCount: Int) {
    wholeBias = nil
    share = commonBias.map { bias in bias.map { $0 / Float(modalityCount) } }
  }

  /// The prediction by logits that hold no share of this common bias, `[K]`.
  public init(absentAddNothing commonBias: [Float]) {
    wholeBias = commonBias
    share = nil
  }

  /// A modality's share of the common bias.
  public func share(of modality: Int) -> [Float]? { share }

  /// The model's own prediction of logits that hold their share of the bias already.
  ///
  /// Whatever modalities a sample lacks, the whole bias counts, as if their features were zero.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult {
    guard let first = modalities.first else {
      return Fusion.fuse([], kind: .averageLogits)
    }
    var sums = (0..<first.sampleCount).flatMap { _ in
      wholeBias ?? [Float](repeating: 0, count: first.classCount)
    }
    let isAnyPresent = first.present.indices.map { sample in
      modalities.contains { $0.present[sample] }
    }
    for modality in modalities {
      for (sample, isPresent) in modality.present.enumerated() {
        for k in 0..<first.classCount {
          let place = sample * first.classCount + k
          sums[place] += isPresent ? modality.logits[place] : share?[k] ?? 0
        }
      }
    }
    return Self.result(
      sums, present: isAnyPresent, of: modalities, keepsScores: keepsScores, labels: labels)
  }

  /// The result of logits `[N, K]` that were made of those of the modalities, each of weight 1.
  static func result(
    _ logits: [Float], present: [Bool], of modalities: [ModalityLogits], keepsScores: Bool,
    labels: [Int]?
  ) -> FusionResult {
    let alone = ModalityLogits(
      logits: logits, present: present, classCount: modalities[0].classCount)
    let result = Fusion.fuse(
      [alone], kind: .averageLogits, keepsScores: keepsScores, labels: labels)
    // Every modality present counts with weight 1: the sum is not an average.
    let weights = modalities.map { $0.present.map { $0 ? 1.0 : 0.0 } }
    return FusionResult(
      weights: weights, scores: result.scores, predictions: result.predictions,
      probabilities: result.probabilities, losses: result.losses)
  }
}
