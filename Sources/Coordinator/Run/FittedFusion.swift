import Configuration
import Exchange
import MLA
import Tensors

/// The pool that was fitted to a run's validation samples, with what they say of it.
public struct FittedFusion: Sendable {
  /// How well one way to predict does on the validation samples.
  public struct Score: Sendable {
    /// The name of a fusion, or of a modality by itself.
    public let name: String
    /// How well it does.
    public let score: FusionScore

    /// A named score.
    public init(name: String, score: FusionScore) {
      self.name = name
      self.score = score
    }
  }

  /// The pool and what led to it.
  public let fit: PoolFit
  /// How strongly its weights were held near the temperatures.
  public let ridge: Double
  /// The validation samples, and how many of them have each modality.
  public let sampleCount: Int, sampleCounts: [Int]
  /// The seed of the run.
  public let seed: UInt64
  /// The pool, the average and the entropy-weighted sum of logits, on the samples that it was fitted to.
  public let fused: [Score]
  /// Each modality by itself, over the samples that have it.
  public let modalities: [Score]

  /// A fitted pool made of its parts.
  public init(
    fit: PoolFit, ridge: Double, sampleCount: Int, sampleCounts: [Int], seed: UInt64,
    fused: [Score], modalities: [Score]
  ) {
    self.fit = fit
    self.ridge = ridge
    (self.sampleCount, self.sampleCounts) = (sampleCount, sampleCounts)
    self.seed = seed
    self.fused = fused
    self.modalities = modalities
  }

  /// Fits a pool to the logits of validation samples.
  ///
  /// - Parameters:
  ///   - shuffled: those of their shuffled inputs; nil: no detectors.
  ///   - trainLabels: what the prior is counted from, where it is.
  init(
    _ sound: [ModalityLogits], shuffled: [ModalityLogits]?, labels: [Int32], trainLabels: [Int32],
    configuration: RunConfiguration
  ) throws {
    let labels = labels.map(Int.init)
    let prior = RobustPool.prior(
      of: configuration.fusion.prior == .train ? trainLabels.map(Int.init) : [],
      classCount: configuration.classes.count)
    var options = PoolFit.Options()
    options.spoilt = configuration.fusion.spoilt
    options.ridge = configuration.fusion.ridge
    options.seed = configuration.seed
    fit = try PoolFit(sound, shuffled: shuffled, labels: labels, prior: prior, options)
    ridge = options.ridge
    seed = configuration.seed
    sampleCount = labels.count
    sampleCounts = sound.map { $0.present.count { $0 } }
    let all = labels.map { _ in true }
    func score(_ name: String, _ result: FusionResult, _ counted: [Bool]) -> Score {
      Score(name: name, score: FusionScore(result, labels: labels, counting: counted))
    }
    fused =
      [score(FusionKind.robustPool.rawValue, fit.pool.fuse(sound), all)]
      + [FusionKind.averageLogits, .entropyLogits].map {
        score($0.rawValue, Fusion.fuse(sound, kind: $0), all)
      }
    modalities = zip(configuration.modalities, sound).map { modality, logits in
      score(modality.name, Fusion.fuse([logits], kind: .averageLogits), logits.present)
    }
  }
}

extension FittedFusion {
  /// Whether a run is to fit a pool: it is asked for, and there are samples enough.
  static func isWanted(_ configuration: RunConfiguration, validation: Roster) -> Bool {
    configuration.fusion.kind.isFitted && validation.sampleCount >= PoolFit.leastSamples
  }

  /// What is to be said of a run that is to fit a pool and cannot.
  static func warnings(_ configuration: RunConfiguration, validation: Roster) -> [String] {
    guard configuration.fusion.kind.isFitted, !isWanted(configuration, validation: validation)
    else { return [] }
    return [
      "fusion \(configuration.fusion.kind.rawValue) is fitted to at least \(PoolFit.leastSamples) validation samples, and there are \(validation.sampleCount): \(FusionKind.averageLogits.rawValue) takes its place; raise data.validation, or name another fusion"
    ]
  }

  /// What is odd about the pool, and about what an evaluation on the test split says beside it; a sentence each.
  public func warnings(beside evaluation: Evaluation?) -> [String] {
    poolWarnings + modalityWarnings(evaluation)
  }

  private var poolWarnings: [String] {
    var warnings: [String] = []
    if fit.isFallback {
      warnings.append(
        "the weights of robust_pool could not be fitted, because logits of validation samples are no finite numbers: each modality's own temperature takes their place"
      )
    }
    // A modality that half of the samples lack is no rival.
    let rivals = zip(modalities, sampleCounts).filter { $0.1 == sampleCount }.map(\.0)
    guard let pool = fused.first?.score,
      let best = rivals.max(by: { $0.score.accuracy < $1.score.accuracy }),
      best.score.accuracy > pool.accuracy
    else { return warnings }
    warnings.append(
      "on the \(sampleCount) validation samples modality \(best.name) alone has \(Self.percent(best.score.accuracy)) %, and robust_pool of all \(Self.percent(pool.accuracy)) %: the others may not be worth having"
    )
    return warnings
  }

  private func modalityWarnings(_ evaluation: Evaluation?) -> [String] {
    guard let evaluation, evaluation.split == .test else { return [] }
    return zip(modalities, evaluation.modalities).compactMap { validation, test in
      let (before, now) = (validation.score.accuracy, test.metrics.accuracy)
      guard abs(before - now) > Self.largestGap else { return nil }
      let reason =
        before > now
        ? "its features may know the training labels, and robust_pool trusts it for that"
        : "the validation samples may be unlike the test samples"
      return
        "modality \(test.name) alone has \(Self.percent(before)) % on the validation split and \(Self.percent(now)) % on the test split: \(reason)"
    }
  }

  /// The difference of a modality's validation and test accuracy that says that the two splits are unlike.
  private static let largestGap = 0.15

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
