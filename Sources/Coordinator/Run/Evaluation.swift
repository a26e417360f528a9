import Configuration
import Exchange
import MLA
import Methods
import Tensors

/// How well a model does on one split: fused in every way, and each modality by itself.
public struct Evaluation: Sendable {
  /// The result of one way to fuse.
  public struct Fused: Sendable {
    /// The name of the fusion: a `FusionKind`, or that of the model's own prediction.
    public let kind: String
    /// How well its predictions agree with the labels.
    public let metrics: ClassificationMetrics
    /// The mean negative log-likelihood of its probabilities, in nats, over the samples that it predicts; nil: there
    /// are none.
    public let loss: Double?
    /// Weights and prediction of every sample, without scores.
    public let result: FusionResult
  }

  /// The result of one modality, over the samples that have it.
  public struct Unimodal: Sendable {
    /// The name of the modality.
    public let name: String
    /// The number of samples that have the modality.
    public let sampleCount: Int
    /// How well its own predictions agree with the labels of the samples that have it.
    public let metrics: ClassificationMetrics
    /// The mean cross-entropy of its own predictions over the same samples, in nats; nil: there are none.
    public let loss: Double?
    /// The modality's own prediction for each sample of the split; -1 where it is absent.
    public let predictions: [Int]
    /// The probability of the class predicted; 0 where there is no prediction.
    public let probabilities: [Double]
  }

  /// The split that was evaluated.
  public let split: EvaluatedSplit
  /// The label of every sample of the split.
  public let labels: [Int]
  /// The model's own prediction, where it has one; the fusion that the configuration names; the others.
  public let fused: [Fused]
  /// Each modality by itself, in the order of the configuration.
  public let modalities: [Unimodal]
  /// The entropy of each modality's prediction, `[M][N]`; meaningless where absent.
  public let entropies: [[Double]]

  /// The first of them.
  public var primary: Fused { fused[0] }

  /// Evaluates the logits of every modality, which hold their share of a common bias; they, and not
  /// their number squared or times that of the fusions, decide what memory it takes.
  ///
  /// - Parameters:
  ///   - parts: what the model's own prediction is made of, where the modalities are judged by heads of
  ///     their own; nil: these logits.
  ///   - prediction: how the model itself predicts; nil: only by the fusions.
  ///   - pool: the pool that was fitted; nil: there is none (yet), and the average of logits takes its place.
  init(
    split: EvaluatedSplit, logits modalities: [ModalityLogits], parts: [ModalityLogits]? = nil,
    labels: [Int32],
    configuration: RunConfiguration, prediction: (any ModelPrediction)?, pool: RobustPool? = nil
  ) throws {
    let classCount = configuration.classes.count
    let labels = labels.map(Int.init)
    self.split = split
    self.labels = labels
    entropies = modalities.map(\.entropies)
    var fused =
      prediction.map {
        [
          Fused(
            $0.name, $0.fuse(parts ?? modalities, keepsScores: false, labels: labels), labels,
            classCount)
        ]
      } ?? []
    let kinds = pool == nil ? FusionKind.unfitted : FusionKind.allCases
    let named =
      kinds.contains(configuration.fusion.kind) ? configuration.fusion.kind : .averageLogits
    for kind in [named] + kinds.filter({ $0 != named }) {
      try LongWork.step()
      let result =
        if let pool, kind == .robustPool {
          pool.fuse(modalities, keepsScores: false, labels: labels)
        } else {
          Fusion.fuse(
            modalities, kind: kind, fixedWeights: configuration.fusion.weights,
            batchSize: configuration.evaluation.batchSize, keepsScores: false, labels: labels)
        }
      fused.append(Fused(kind.rawValue, result, labels, classCount))
    }
    self.fused = fused
    self.modalities = try zip(configuration.modalities, modalities).map { configured, logits in
      try LongWork.step()
      // A modality by itself is a fusion of one.
      let own = Fusion.fuse([logits], kind: .averageLogits, keepsScores: false)
      return Unimodal(
        name: configured.name, sampleCount: logits.present.count { $0 },
        metrics: ClassificationMetrics(
          predictions: own.predictions, labels: labels, classCount: classCount,
          counting: logits.present),
        loss: logits.loss(labels: labels),
        predictions: own.predictions, probabilities: own.probabilities)
    }
  }
}

extension Evaluation.Fused {
  fileprivate init(_ kind: String, _ result: FusionResult, _ labels: [Int], _ classCount: Int) {
    self.kind = kind
    // Of all samples only their mean is kept: with many fusions they would be most of it.
    self.result = FusionResult(
      weights: result.weights, scores: result.scores, predictions: result.predictions,
      probabilities: result.probabilities)
    loss = result.losses.contains { $0 != nil } ? result.loss : nil
    metrics = ClassificationMetrics(
      predictions: result.predictions, labels: labels, classCount: classCount)
  }
}
