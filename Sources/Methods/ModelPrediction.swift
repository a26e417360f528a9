import MLA

/// A model's own way to predict, for methods whose modalities are trained to predict together.
public protocol ModelPrediction: Sendable {
  /// What tables and files call it, beside the fusions.
  var name: String { get }
  /// What is added to a modality's logits, `[K]`, so that those of all compare; nil: nothing.
  func share(of modality: Int) -> [Float]?
  /// The prediction of logits that hold their share already.
  ///
  /// - Parameter labels: the class of every sample, for the result's losses; nil: it has none.
  func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult
  /// A modality's own logits, by which it is judged alone.
  ///
  /// - Parameter sent: what its worker has sent for the evaluation, with its share.
  func alone(_ modality: Int, _ sent: ModalityLogits) -> ModalityLogits
}

extension ModelPrediction {
  /// The prediction without losses.
  public func fuse(_ modalities: [ModalityLogits], keepsScores: Bool) -> FusionResult {
    fuse(modalities, keepsScores: keepsScores, labels: nil)
  }
  /// Nothing.
  public func share(of modality: Int) -> [Float]? { nil }
  /// What was sent.
  public func alone(_ modality: Int, _ sent: ModalityLogits) -> ModalityLogits { sent }
}
