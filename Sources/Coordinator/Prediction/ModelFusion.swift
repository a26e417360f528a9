import Configuration
import Exchange
import MLA
import Methods
import Storage
import Tensors

/// The coordinator's part of a saved model: the shared head, the model's own prediction, and the fusion, for
/// samples that nobody has labelled.
///
/// What it makes of logits is what an evaluation makes of them, bit for bit.
public final class ModelFusion {
  /// Of one modality, what it says of some samples.
  public struct Voice {
    /// What each of its heads gives, `[n, K]` or what it sends; anything where it is absent.
    public var heads: [[Float]]
    /// The length of each sample's features.
    public var featureNorms: [Double]
    /// Whether each sample has it.
    public var present: [Bool]

    /// A voice made of its parts.
    public init(heads: [[Float]], featureNorms: [Double], present: [Bool]) {
      (self.heads, self.featureNorms, self.present) = (heads, featureNorms, present)
    }
  }

  /// The fusion that the model's predictions are of: a `FusionKind`, or `joint`.
  public let name: String
  /// So many samples are fused at a time: what an evaluation weighs or multiplies together stays together.
  public let blockSize: Int
  /// The heads of each modality.
  public let headCount: Int
  /// The numbers that each modality sends of a sample for a head.
  public let widths: [Int]

  private let configuration: RunConfiguration
  private let method: any CoordinatorMethod
  private let pool: RobustPool?
  private let kind: FusionKind

  /// The part as it was saved in `folder`.
  ///
  /// - Parameter pool: the pool that was fitted to the model; nil: none was, and the average of logits takes its
  ///   place.
  /// - Throws: `FileError` where the coordinator's file is missing, damaged, or of another model.
  public init(
    _ configuration: RunConfiguration, savedIn folder: String, pool: RobustPool?
  ) throws {
    self.configuration = configuration
    self.pool = pool
    let layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    method = configuration.method.coordinator(
      of: CoordinatorRank(
        configuration: configuration, endpoint: .unconnected, leaders: layout.leaders))
    try HeadFile.restore(method.weights, from: folder, isInspected: false)
    headCount = configuration.method.evaluatedHeadCount
    widths = configuration.sentWidths
    let named = configuration.fusion.kind
    kind = named.isFitted && pool == nil ? .averageLogits : named
    name = method.prediction?.name ?? kind.rawValue
    let weighed = kind == .batchEntropyLogits ? configuration.evaluation.batchSize : 1
    let multiplied = widths.contains { $0 != configuration.classes.count } ? 256 : 1
    let together = weighed * multiplied / Self.greatestDivisor(weighed, multiplied)
    blockSize = together * max(1, 256 / together)
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestDivisor(b, a % b)
  }

  /// The shared head, weight and bias; nil: each modality has its own.
  public var sharedHead: Buffer<Float>? { method.evaluatedHead }

  /// Takes what the modalities say beforehand; of one that is not there, nothing.
  public func learn(_ prefaces: [[Float]]) { method.learn(prefaces) }

  /// What the model says of some samples: `blockSize` of them but for the last.
  public func fuse(_ voices: [Voice]) -> ModelOpinion {
    let (classCount, prediction) = (configuration.classes.count, method.prediction)
    let told = voices.enumerated().map { modality, voice in
      voice.heads.enumerated().map { head, logits in
        var logits = logits
        if head == headCount - 1, let share = prediction?.share(of: modality) {
          add(share, to: &logits, where: voice.present)
        }
        return ModalityLogits(
          logits: logits, present: voice.present, classCount: widths[modality],
          featureNorms: voice.featureNorms)
      }
    }
    let alone = told.enumerated().map { prediction?.alone($0, $1[0]) ?? $1[0] }
    let result: FusionResult
    let sums: ModelOpinion.Sums
    if let prediction {
      result = prediction.fuse(told.map { $0[headCount - 1] }, keepsScores: true)
      sums = .logits
    } else if let pool, kind == .robustPool {
      result = pool.fuse(alone)
      sums = .logProbabilities
    } else {
      result = Fusion.fuse(
        alone, kind: kind, fixedWeights: configuration.fusion.weights,
        batchSize: configuration.evaluation.batchSize)
      sums = kind.fusesProbabilities ? .probabilities : .logits
    }
    return ModelOpinion(
      result: result, sums: sums, classCount: classCount, modalities: alone, pool: pool)
  }

  private func add(_ share: [Float], to logits: inout [Float], where present: [Bool]) {
    for sample in present.indices where present[sample] {
      for label in share.indices { logits[sample * share.count + label] += share[label] }
    }
  }
}
