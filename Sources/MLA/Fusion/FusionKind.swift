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
  /// Logits, each modality weighted by exp(-entropy) of its own prediction. The default.
  case entropyLogits = "entropy_logits"
  /// Probabilities under the same weights.
  case entropyProbabilities = "entropy_probs"
  /// Historical: one weight a modality and test batch, softmax taken over the batch axis.
  case batchEntropyLogits = "batch_entropy_logits"
}
