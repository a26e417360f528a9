import Tensors

/// What the modalities say together.
public struct FusionResult: Sendable, Equatable {
  /// The weight of each modality in each sample, `[M][N]`: 0 where it is absent. The sum is 1, but for
  /// `energy`, `robust_pool` and a model's own prediction, which are plain sums.
  public let weights: [[Double]]
  /// The weighted sum of logits or of probabilities, `[N, K]`: zeros where there is no prediction;
  /// empty where it was not asked for.
  public let scores: [Double]
  /// The class with the highest score, the first one of several; -1 where there is no prediction.
  public let predictions: [Int]
  /// The probability of the class predicted; 0 where there is no prediction.
  ///
  /// It is the score itself where probabilities are fused, the softmax of the scores where logits
  /// are.
  public let probabilities: [Double]
  /// The negative logarithm of the probability of the label, `[N]`, in nats: nil where no modality counts, NaN
  /// where scores are not finite; empty where labels were not given.
  public let losses: [Double?]

  /// A result made of its parts.
  public init(
    weights: [[Double]], scores: [Double], predictions: [Int], probabilities: [Double],
    losses: [Double?] = []
  ) {
    self.losses = losses
    self.weights = weights
    self.scores = scores
    self.predictions = predictions
    self.probabilities = probabilities
  }

  /// The mean of the losses, over the samples for which a modality counts; NaN where there are none, or labels
  /// were not given.
  public var loss: Double {
    let known = losses.compactMap(\.self)
    return known.reduce(0, +) / Double(known.count)
  }
}

/// One prediction of the logits of all modalities that a sample has.
///
/// All in float64. A sample's result depends on no other sample, except under the historical
/// `batch_entropy_logits`. There is no prediction for a sample that no modality has, that only
/// modalities of weight 0 have, or whose logits are not finite.
public enum Fusion {
  /// Fuses the logits of all samples.
  ///
  /// - Parameters:
  ///   - modalities: one entry each, with the same samples and classes.
  ///   - kind: how they are weighted, and what is summed; none that has to be fitted.
  ///   - fixedWeights: one for each modality, for the `fixed` kinds; equal weights if left out.
  ///   - batchSize: the test batch of `batch_entropy_logits`. That kind alone reads the logits
  ///     of absent samples too, as its authors' code does, which knows none that are absent.
  ///   - keepsScores: whether the result has scores; with many classes they are most of it.
  ///   - labels: the class of every sample, for the result's losses; nil: it has none.
  /// - Returns: weights, scores and predictions of every sample.
  public static func fuse(
    _ modalities: [ModalityLogits], kind: FusionKind, fixedWeights: [Double]? = nil,
    batchSize: Int = 64, keepsScores: Bool = true, labels: [Int]? = nil
  ) -> FusionResult {
    guard let first = modalities.first else {
      return FusionResult(weights: [], scores: [], predictions: [], probabilities: [])
    }
    precondition(
      modalities.allSatisfy {
        $0.sampleCount == first.sampleCount && $0.classCount == first.classCount
      } && batchSize > 0)
    if kind == .energy {
      return combine(
        modalities, weights: energyWeights(modalities), kind: kind, keepsScores: keepsScores,
        labels: labels)
    }
    let raw =
      switch kind {
      case .averageLogits, .averageProbabilities:
        constant([Double](repeating: 1, count: modalities.count), over: first.sampleCount)
      case .fixedLogits, .fixedProbabilities:
        constant(
          fixedWeights ?? [Double](repeating: 1, count: modalities.count), over: first.sampleCount)
      case .entropyLogits, .entropyProbabilities: entropyWeights(modalities)
      case .batchEntropyLogits: batchEntropyWeights(modalities, batchSize: batchSize)
      case .energy, .robustPool: preconditionFailure("\(kind.rawValue) weighs no logits by shares")
      }
    precondition(raw.count == modalities.count, "one fixed weight for each modality")
    return combine(
      modalities, weights: normalised(raw, modalities), kind: kind, keepsScores: keepsScores,
      labels: labels)
  }

  // MARK: - Weights

  private static func constant(_ weights: [Double], over sampleCount: Int) -> [[Double]] {
    weights.map { [Double](repeating: $0, count: sampleCount) }
  }

  /// `exp(e_max - e_m)`, the largest entropy being that of the modalities present: 1 or more.
  private static func entropyWeights(_ modalities: [ModalityLogits]) -> [[Double]] {
    var top = [Double](
      repeating: -.infinity, count: modalities.first?.sampleCount ?? 0)
    for modality in modalities {
      for sample in top.indices where modality.present[sample] {
        top[sample] = max(top[sample], modality.entropies[sample])
      }
    }
    return modalities.map { modality in
      top.indices.map {
        modality.present[$0] ? Elementary.exponential(top[$0] - modality.entropies[$0]) : 0
      }
    }
  }

  /// One weight a modality and batch: `exp(-e)`, where e sums over the classes the entropy of the
  /// softmax that is taken over the samples of the batch.
  private static func batchEntropyWeights(
    _ modalities: [ModalityLogits], batchSize: Int
  ) -> [[Double]] {
    let sampleCount = modalities.first?.sampleCount ?? 0
    var weights = modalities.map { _ in [Double](repeating: 0, count: sampleCount) }
    var columns = [Float](
      repeating: 0, count: min(batchSize, sampleCount) * (modalities.first?.classCount ?? 0))
    for start in stride(from: 0, to: sampleCount, by: batchSize) {
      let batch = start..<(start + min(batchSize, sampleCount - start))
      let entropies = modalities.map { modality -> Double in
        for (place, sample) in batch.enumerated() {
          for label in 0..<modality.classCount {
            columns[label * batch.count + place] =
              modality.logits[sample * modality.classCount + label]
          }
        }
        return (0..<modality.classCount).reduce(0.0) { sum, label in
          let places = label * batch.count..<(label + 1) * batch.count
          return sum + uncertainty(columns.span.extracting(places)).entropy
        }
      }
      let least = entropies.min() ?? 0
      for (modality, entropy) in entropies.enumerated() {
        for sample in batch { weights[modality][sample] = Elementary.exponential(least - entropy) }
      }
    }
    return weights
  }

  /// A tenth of the log of the sum of exponentials, which may be below 0; all are 0 where one is no number.
  private static func energyWeights(_ modalities: [ModalityLogits]) -> [[Double]] {
    var weights = modalities.map { modality in
      modality.present.indices.map { modality.present[$0] ? modality.logSums[$0] / 10 : 0 }
    }
    for sample in 0..<(weights.first?.count ?? 0)
    where !weights.allSatisfy({ $0[sample].isFinite }) {
      for modality in weights.indices { weights[modality][sample] = 0 }
    }
    return weights
  }

  /// Weights of absent modalities are 0, the others are divided by their sum; all are 0 where that
  /// is not a positive number.
  private static func normalised(
    _ raw: [[Double]], _ modalities: [ModalityLogits]
  ) -> [[Double]] {
    var weights = raw
    for sample in 0..<(raw.first?.count ?? 0) {
      var total = 0.0
      for modality in modalities.indices where modalities[modality].present[sample] {
        total += raw[modality][sample]
      }
      for modality in modalities.indices {
        let counts = modalities[modality].present[sample] && total > 0 && total.isFinite
        weights[modality][sample] = counts ? raw[modality][sample] / total : 0
      }
    }
    return weights
  }

  // MARK: - Scores

  private static func combine(
    _ modalities: [ModalityLogits], weights: [[Double]], kind: FusionKind, keepsScores: Bool,
    labels: [Int]?
  ) -> FusionResult {
    let sampleCount = modalities.first?.sampleCount ?? 0
    let classCount = modalities.first?.classCount ?? 1
    let fusesProbabilities = kind.fusesProbabilities
    var scores: [Double] = []
    scores.reserveCapacity(keepsScores ? sampleCount * classCount : 0)
    var predictions = [Int](repeating: -1, count: sampleCount)
    var probabilities = [Double](repeating: 0, count: sampleCount)
    var losses = [Double?](repeating: nil, count: labels == nil ? 0 : sampleCount)
    var sums = [Double](repeating: 0, count: classCount)
    for sample in 0..<sampleCount {
      LongWork.pass()
      for label in sums.indices { sums[label] = 0 }
      for (modality, own) in zip(modalities, weights) where own[sample] != 0 {
        modality.add(sample, to: &sums, weight: own[sample], asProbability: fusesProbabilities)
      }
      if weights.contains(where: { $0[sample] != 0 }) {
        if let best = largest(of: sums) {
          predictions[sample] = best
          probabilities[sample] =
            fusesProbabilities
            ? sums[best] : 1 / sums.reduce(0) { $0 + Elementary.exponential($1 - sums[best]) }
          if let label = labels?[sample] {
            losses[sample] =
              fusesProbabilities
              ? -Elementary.logarithm(sums[label])
              : sums[best] - sums[label] - Elementary.logarithm(probabilities[sample])
          }
        } else {
          for label in sums.indices { sums[label] = 0 }
          if labels != nil { losses[sample] = .nan }
        }
      } else if labels != nil, kind.isSpoiltByNumbers,
        modalities.contains(where: { $0.present[sample] })
      {
        losses[sample] = .nan
      }
      if keepsScores { scores += sums }
    }
    return FusionResult(
      weights: weights, scores: scores, predictions: predictions, probabilities: probabilities,
      losses: losses)
  }

  /// The first index of the maximum; nil if anything is not finite.
  static func largest(of sums: [Double]) -> Int? {
    var best = 0
    for (index, sum) in sums.enumerated() {
      guard sum.isFinite else { return nil }
      if sum > sums[best] { best = index }
    }
    return best
  }
}
