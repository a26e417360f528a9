import MLA
import Tensors

/// How a model predicts whose features are fused: what workers have sent, with biases, becomes one feature, of
/// which a classifier makes logits. A modality that a sample lacks is a row of zeros; its bias stays.
public struct FeatureFusionPrediction: ModelPrediction {
  /// What tables call it.
  public let name = "joint"

  private let fusion: FeatureFusion
  private let biases: [[Float]]
  private let weight: [Float]
  private let bias: [Float]

  /// So many samples are fused at a time.
  private static let chunk = 256

  /// The prediction of a model.
  ///
  /// - Parameters:
  ///   - biases: one for each modality; empty where it has none.
  ///   - weight: the classifier's, `[K, d]`.
  ///   - bias: the classifier's, `[K]`.
  public init(_ fusion: FeatureFusion, biases: [[Float]], weight: [Float], bias: [Float]) {
    (self.fusion, self.biases, self.weight, self.bias) = (fusion, biases, weight, bias)
  }

  /// The prediction of what workers have sent.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult {
    let sampleCount = modalities.first?.sampleCount ?? 0
    let present = (0..<sampleCount).map { sample in modalities.contains { $0.present[sample] } }
    let scores = logits(sampleCount) { sample, modality in
      modalities[modality].present[sample] ? modalities[modality].logits : nil
    }
    let alone = ModalityLogits(logits: scores, present: present, classCount: bias.count)
    let result = Fusion.fuse(
      [alone], kind: .averageLogits, keepsScores: keepsScores, labels: labels)
    // Each modality present has its part in it: the weights of no average.
    let weights = modalities.map { $0.present.map { $0 ? 1.0 : 0.0 } }
    return FusionResult(
      weights: weights, scores: result.scores, predictions: result.predictions,
      probabilities: result.probabilities, losses: result.losses)
  }

  /// The logits of the model with all other modalities absent; of a sample that lacks this one too, those of what
  /// was sent in its place.
  public func alone(_ modality: Int, _ sent: ModalityLogits) -> ModalityLogits {
    let logits = logits(sent.sampleCount) { _, other in
      other == modality ? sent.logits : nil
    }
    return ModalityLogits(
      logits: logits, present: sent.present, classCount: bias.count,
      featureNorms: sent.featureNorms)
  }

  /// The logits `[N, K]` of samples.
  ///
  /// - Parameter sent: what a modality has sent, `[N, width]`; nil: it lacks the sample.
  private func logits(
    _ sampleCount: Int, _ sent: (_ sample: Int, _ modality: Int) -> [Float]?
  ) -> [Float] {
    let classCount = bias.count
    let fused = Tensor([fusion.width], capacity: Self.chunk)
    let found = Tensor([classCount], capacity: Self.chunk)
    let classifier = Buffer(weight)
    let vectors = (0..<fusion.modalityCount).map { Buffer<Float>(fusion.width(of: $0)) }
    var logits: [Float] = []
    logits.reserveCapacity(sampleCount * classCount)
    for first in stride(from: 0, to: sampleCount, by: Self.chunk) {
      LongWork.pass()
      let samples = first..<min(first + Self.chunk, sampleCount)
      for sample in samples {
        for (modality, vector) in vectors.enumerated() {
          let start = sample * vector.count
          let values = sent(sample, modality)
          for place in 0..<vector.count {
            vector[place] =
              (values?[start + place] ?? 0)
              + (biases[modality].isEmpty ? 0 : biases[modality][place])
          }
        }
        fusion.fuse(vectors, into: fused.buffer(of: sample - first))
      }
      (fused.count, found.count) = (samples.count, samples.count)
      BLAS.multiply(
        fused.held, transposed: false, classifier, transposed: true, into: found.held,
        m: samples.count, n: classCount, k: fusion.width)
      for place in 0..<samples.count {
        let row = found.buffer(of: place)
        for label in 0..<classCount { logits.append(row[label] + bias[label]) }
      }
    }
    return logits
  }
}
