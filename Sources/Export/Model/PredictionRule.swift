import Configuration
import MLA
import Methods
import Storage

/// How a saved model makes one prediction of the logits of its modalities.
public enum PredictionRule: Sendable {
  /// A fusion that needs nothing but logits; `weights` are those of the `fixed` kinds.
  case fusion(FusionKind, weights: [Double])
  /// The pool that was fitted to validation samples.
  case pool(RobustPool)
  /// The sum of the logits; an absent modality adds a share of the common bias, `[K]`.
  case sum(share: [Float])
  /// The sum of the logits, each times its energy divided by a number.
  case energy(divisor: Double)

  /// What tables and files call it.
  public var name: String {
    switch self {
    case .fusion(let kind, _): kind.rawValue
    case .pool: FusionKind.robustPool.rawValue
    case .sum, .energy: "joint"
    }
  }

  /// Whether the features' norms are asked for.
  var asksFeatures: Bool {
    if case .pool(let pool) = self { pool.detectors.contains { $0 != nil } } else { false }
  }
}

extension PredictionRule {
  /// What a model predicts by: the fusion asked for, the model's own way, or the fusion of its configuration.
  ///
  /// - Parameters:
  ///   - asked: the fusion that the user names; nil: none.
  ///   - pool: the one that was fitted; nil: there is none.
  ///   - commonBias: what jointly trained modalities have in common, `[K]`; nil: nothing.
  ///   - place: the model, as messages name it.
  /// - Throws: `FileError` where the prediction is nothing that other programs could be given.
  init(
    of configuration: RunConfiguration, asked: FusionKind?, pool: RobustPool?,
    commonBias: [Float]?, place: String
  ) throws {
    let count = configuration.modalities.count
    if asked == nil, configuration.method.method is any JointTraining {
      self = try Self.own(configuration, commonBias: commonBias, place: place)
      return
    }
    switch asked ?? configuration.fusion.kind {
    case .robustPool:
      if let pool {
        self = .pool(pool)
      } else if asked == nil {
        // As evaluation does where nothing was fitted.
        self = .fusion(.averageLogits, weights: [])
      } else {
        throw FileError(
          place,
          "--fusion robust_pool: found no pool that was fitted to validation samples (fusion.json); name "
            + "another fusion, or train with data.validation")
      }
    case .batchEntropyLogits:
      throw FileError(
        place,
        "batch_entropy_logits weighs a sample by the others of its batch, which no exported model knows; "
          + "name another fusion with --fusion")
    case let kind:
      let weights = configuration.fusion.weights ?? [Double](repeating: 1, count: count)
      self = .fusion(kind, weights: weights)
    }
  }

  /// How a jointly trained model predicts by itself.
  private static func own(
    _ configuration: RunConfiguration, commonBias: [Float]?, place: String
  ) throws -> PredictionRule {
    switch configuration.method.method {
    case let method as AdaptiveModulation where method.padding == .input:
      throw refusal(of: "agm with padding: input", place)
    case is any FeatureFusionTraining: throw refusal(of: configuration.method.kind, place)
    case let method as QualityAwareFusion: return .energy(divisor: method.divisor)
    case is AlignedFusion: return .fusion(.averageLogits, weights: [])
    default:
      let count = configuration.modalities.count
      return .sum(
        share: share(of: commonBias, count: count, classCount: configuration.classes.count))
    }
  }

  /// The part of a common bias that each modality's logits hold, `[K]`.
  static func share(of bias: [Float]?, count: Int, classCount: Int) -> [Float] {
    bias.map { $0.map { $0 / Float(count) } } ?? [Float](repeating: 0, count: classCount)
  }

  /// That the predictions of a method cannot be made of logits that each modality has by itself.
  static func refusal(of method: String, _ place: String) -> FileError {
    FileError(
      place,
      "models of method \(method) predict by more than the logits of each modality, and cannot be exported; "
        + "train with another method, such as mla, separate or joint_concat")
  }
}
