/// The ways to make one prediction of the modalities' logits for a sample.
///
/// `entropyLogits` is the dynamic fusion of arXiv 2311.10707, section 3.3, per sample.
public enum FusionKind: String, Sendable, CaseIterable {
  /// The mean of the logits of the modalities present.
  case averageLogits = "average_logits"
  /// The mean of their probabilities.
  case averageProbabilities = "average_probs"
  /// Logits under weights given in the configuration.
  case fixedLogits = "fixed_logits"
  /// Probabilities under weights given in the configuration.
  case fixedProbabilities = "fixed_probs"
  /// Logits, each modality weighted by exp(-entropy) of its own prediction. The default without a
  /// validation split.
  case entropyLogits = "entropy_logits"
  /// Probabilities under the same weights.
  case entropyProbabilities = "entropy_probs"
  /// Historical: one weight a modality and test batch, softmax taken over the batch axis.
  case batchEntropyLogits = "batch_entropy_logits"
  /// Logits, each modality weighted by a tenth of the log of the sum of exponentials of its own: the rule of
  /// QMF (Zhang et al., ICML 2023) when a model is used.
  case energy
  /// A product of probabilities in which each modality may be spoilt, with weights fitted to validation
  /// samples: see `RobustPool`. The default with a validation split.
  case robustPool = "robust_pool"

  /// Whether it has to be fitted before it can be used.
  public var isFitted: Bool { self == .robustPool }

  /// Those that need nothing but logits.
  public static let unfitted = allCases.filter { !$0.isFitted }
}

extension FusionKind {
  /// Whether weights of 0 for all modalities that are present come of logits that are not finite.
  var isSpoiltByNumbers: Bool {
    switch self {
    case .entropyLogits, .entropyProbabilities, .batchEntropyLogits, .energy: true
    default: false
    }
  }

  /// Whether probabilities are summed, not logits.
  public var fusesProbabilities: Bool {
    switch self {
    case .averageProbabilities, .fixedProbabilities, .entropyProbabilities: true
    case .averageLogits, .fixedLogits, .entropyLogits, .batchEntropyLogits, .energy, .robustPool:
      false
    }
  }
}
