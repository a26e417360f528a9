import MLA
import Tensors

/// What a model says of some samples: fused, and each modality by itself.
public struct ModelOpinion {
  /// What the scores of a fusion are.
  enum Sums {
    /// Sums of logits.
    case logits
    /// Sums of probabilities.
    case probabilities
    /// The logs of probabilities.
    case logProbabilities
  }

  /// The fused scores, predictions and weights.
  public let result: FusionResult
  /// What each modality is judged by alone.
  public let modalities: [ModalityLogits]
  /// The class that each modality predicts by itself, `[M][N]`; -1 where it is absent.
  public let ownPredictions: [[Int]]

  private let sums: Sums
  private let classCount: Int
  private let pool: RobustPool?

  init(
    result: FusionResult, sums: Sums, classCount: Int, modalities: [ModalityLogits],
    pool: RobustPool?
  ) {
    (self.result, self.sums, self.classCount) = (result, sums, classCount)
    (self.modalities, self.pool) = (modalities, pool)
    // A modality by itself is a fusion of one.
    ownPredictions = modalities.map {
      Fusion.fuse([$0], kind: .averageLogits, keepsScores: false).predictions
    }
  }

  /// The probability of every class of a sample, `[K]`; nil: there is no prediction.
  ///
  /// That of the class predicted is the number that an evaluation gives.
  public func probabilities(of sample: Int) -> [Double]? {
    let best = result.predictions[sample]
    guard best >= 0 else { return nil }
    let scores = result.scores[sample * classCount..<(sample + 1) * classCount]
    var probabilities: [Double]
    switch sums {
    case .probabilities: probabilities = Array(scores)
    case .logProbabilities: probabilities = scores.map(Elementary.exponential)
    case .logits:
      let top = scores[scores.startIndex + best]
      let powers = scores.map { Elementary.exponential($0 - top) }
      let sum = powers.reduce(0, +)
      probabilities = powers.map { $0 / sum }
    }
    probabilities[best] = result.probabilities[sample]
    return probabilities
  }

  /// How much likelier a modality's input is spoilt than any other, from 1 to 100, by the detector of the pool
  /// that was fitted; nil: there is none, or the sample lacks the modality.
  public func spoiltFactor(of sample: Int, modality: Int) -> Double? {
    guard modalities[modality].present[sample] else { return nil }
    return pool?.spoiltFactor(of: sample, modality: modality, modalities[modality])
  }
}
