import MLA

/// How the modalities' logits become one prediction; `MLA.Fusion` and `MLA.RobustPool` have the formulas.
public struct FusionOptions: Sendable, Equatable {
  /// Where `robust_pool` takes the probability of each class from.
  public enum Prior: String, Sendable, CaseIterable {
    /// How often it is among the training samples.
    case train
    /// All classes alike.
    case uniform
  }

  /// The fusion that is named first in results.
  public var kind = FusionKind.entropyLogits
  /// Weights of `fixed_logits` and `fixed_probs`, one a modality; nil: equal.
  public var weights: [Double]?
  /// The share of inputs that `robust_pool` takes to be spoilt, between 0 and 1.
  public var spoilt = 0.05
  /// How strongly the weights of `robust_pool` are held near each modality's own temperature.
  public var ridge = 3.0
  /// Whether `robust_pool` learns what a spoilt input looks like.
  public var usesDetector = true
  /// Where `robust_pool` takes the probability of each class from.
  public var prior = Prior.train
  /// Whether all samples are trained on once `robust_pool` is fitted: those that were held out for it, too.
  public var refitsOnAll = false

  /// The defaults.
  public init() {}
}
