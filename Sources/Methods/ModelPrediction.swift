import MLA

/// A model's own way to predict, for methods whose modalities are trained to predict together.
public protocol ModelPrediction: Sendable {
  /// What tables and files call it, beside the fusions.
  var name: String { get }
  /// What is added to each modality's own logits, `[K]`, so that they compare; nil: nothing.
  var share: [Float]? { get }
  /// The prediction of logits that hold their share already.
  func fuse(_ modalities: [ModalityLogits], keepsScores: Bool) -> FusionResult
}
