import Tensors

/// How well predictions with probabilities meet labels.
public struct FusionScore: Sendable, Equatable {
  /// The share of right predictions; a sample without one is wrong. NaN without samples.
  public let accuracy: Double
  /// The mean of `-log` of the probability of the label, over the samples that have a prediction, in nats.
  public let negativeLogLikelihood: Double

  /// A score made of its parts.
  public init(accuracy: Double, negativeLogLikelihood: Double) {
    self.accuracy = accuracy
    self.negativeLogLikelihood = negativeLogLikelihood
  }

  /// The score of a result that has kept its scores, which are logits or log-probabilities.
  ///
  /// - Parameter isCounted: which samples count.
  public init(_ result: FusionResult, labels: [Int], counting isCounted: [Bool]) {
    let classCount = labels.isEmpty ? 0 : result.scores.count / labels.count
    var (right, counted, predicted, sum) = (0, 0, 0, 0.0)
    for (sample, label) in labels.enumerated() where isCounted[sample] {
      counted += 1
      guard result.predictions[sample] >= 0 else { continue }
      predicted += 1
      if result.predictions[sample] == label { right += 1 }
      let scores = Array(result.scores[sample * classCount..<(sample + 1) * classCount])
      sum -= PoolVotes.logSoftmax(scores)[label]
    }
    accuracy = Double(right) / Double(counted)
    negativeLogLikelihood = sum / Double(predicted)
  }
}
