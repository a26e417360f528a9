import Configuration
import Exchange
import MLA

/// How well a model does on one split: fused in every way, and each modality by itself.
public struct Evaluation: Sendable {
  /// The result of one way to fuse.
  public struct Fused: Sendable {
    /// The name of the fusion: a `FusionKind`, or `joint` for a jointly trained model's own sum.
    public let kind: String
    /// How well its predictions agree with the labels.
    public let metrics: ClassificationMetrics
    /// Weights, scores and prediction of every sample.
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
    /// The modality's own prediction for each sample of the split; -1 where it is absent.
    public let predictions: [Int]
  }

  /// The split that was evaluated.
  public let split: EvaluatedSplit
  /// The label of every sample of the split.
  public let labels: [Int]
  /// The fusion that the configuration names comes first.
  public let fused: [Fused]
  /// Each modality by itself, in the order of the configuration.
  public let modalities: [Unimodal]
  /// The entropy of each modality's prediction, `[M][N]`; meaningless where absent.
  public let entropies: [[Double]]

  /// The result of the fusion that the configuration (or a joint model) names.
  public var primary: Fused { fused[0] }

  /// Evaluates logits: for each modality the rows `[n, K]` of the samples that it has.
  init(
    split: EvaluatedSplit, logits parts: [[Float]], roster: Roster, labels: [Int32],
    configuration: RunConfiguration, commonBias: [Float]?
  ) {
    let classCount = configuration.classes.count
    let labels = labels.map(Int.init)
    self.split = split
    self.labels = labels
    let present = (0..<roster.modalityCount).map { modality in
      (0..<roster.sampleCount).map { roster.has($0, modality: modality) }
    }
    let joint = JointSum(commonBias: commonBias, modalityCount: parts.count)
    let modalities = zip(parts, present).map { part, present in
      ModalityLogits(
        logits: Self.spread(part, over: present, classCount: classCount, adding: joint.share),
        present: present, classCount: classCount)
    }
    entropies = modalities.map(\.entropies)
    let kinds =
      [configuration.fusion] + FusionKind.allCases.filter { $0 != configuration.fusion }
    var results = kinds.map { kind in
      (
        kind: kind.rawValue,
        result: Fusion.fuse(
          modalities, kind: kind, fixedWeights: configuration.fixedFusionWeights,
          batchSize: configuration.evaluation.batchSize)
      )
    }
    if configuration.method.isJoint {
      results.insert(("joint", joint.fuse(modalities)), at: 0)
    }
    fused = results.map { kind, result in
      Fused(
        kind: kind,
        metrics: ClassificationMetrics(
          predictions: result.predictions, labels: labels, classCount: classCount),
        result: result)
    }
    self.modalities = zip(configuration.modalities, modalities).map { configured, logits in
      // A modality by itself is a fusion of one.
      let predictions = Fusion.fuse([logits], kind: .averageLogits).predictions
      return Unimodal(
        name: configured.name, sampleCount: logits.present.count { $0 },
        metrics: ClassificationMetrics(
          predictions: predictions, labels: labels, classCount: classCount,
          counting: logits.present),
        predictions: predictions)
    }
  }

  /// Puts the logits of present samples in their places; absent ones stay 0.
  private static func spread(
    _ part: [Float], over present: [Bool], classCount: Int, adding share: [Float]?
  ) -> [Float] {
    var all = [Float](repeating: 0, count: present.count * classCount)
    var row = 0
    for (sample, isPresent) in present.enumerated() where isPresent {
      for k in 0..<classCount {
        all[sample * classCount + k] = part[row * classCount + k] + (share?[k] ?? 0)
      }
      row += 1
    }
    return all
  }
}
