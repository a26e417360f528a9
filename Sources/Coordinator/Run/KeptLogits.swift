import Exchange
import MLA
import Methods
import Tensors

/// What a finished model says of every sample of its splits: enough to fuse it in any way, with any modalities
/// absent, without another forward pass.
public struct KeptLogits: Sendable {
  /// The model's own prediction of one split, where it has one.
  public struct Own: Sendable {
    /// Its scores, `[N, K]`.
    public let scores: [Double]
    /// The class predicted of each sample, -1: none, with each subset of the modalities (bit m of a place:
    /// modality m); with very many modalities, with all of them alone.
    public let subsets: [[Int]]
    /// For each kind of spoilt input, the class predicted of each sample where the input of one modality is spoilt,
    /// `[M][N]`.
    public let spoilt: [SpoiltInput: [[Int]]]

    /// A prediction made of its parts.
    public init(scores: [Double], subsets: [[Int]], spoilt: [SpoiltInput: [[Int]]] = [:]) {
      (self.scores, self.subsets, self.spoilt) = (scores, subsets, spoilt)
    }
  }

  /// One split.
  public struct Split: Sendable {
    /// The label of every sample.
    public let labels: [Int]
    /// A hash of every sample's id: whether two runs were tested on the same samples.
    public let ids: [Int64]
    /// The number of every sample's group; a sample that belongs to none has a number of its own.
    public let groups: [Int]
    /// The logits of each modality, in the order of the configuration.
    public let modalities: [ModalityLogits]
    /// The model's own prediction; nil: it has none.
    public let own: Own?
    /// The logits of each modality where all of its inputs are spoilt, for the kinds that were passed forward.
    public let spoilt: [SpoiltInput: [ModalityLogits]]
    /// Where each modality's features lie; empty: that is not known.
    public let centres: [FeatureCentres]

    /// A split made of its parts.
    public init(
      labels: [Int], ids: [Int64], groups: [Int], modalities: [ModalityLogits], own: Own?,
      spoilt: [SpoiltInput: [ModalityLogits]] = [:], centres: [FeatureCentres] = []
    ) {
      (self.labels, self.ids, self.groups) = (labels, ids, groups)
      (self.modalities, self.own) = (modalities, own)
      (self.spoilt, self.centres) = (spoilt, centres)
    }
  }

  /// The number of training samples of each class.
  public let trainCounts: [Int]
  /// The pool that was fitted at the end; nil: none was.
  public let pool: RobustPool?
  /// The splits that were looked at.
  public var splits: [EvaluatedSplit: Split]

  /// Logits made of their parts.
  public init(trainCounts: [Int], pool: RobustPool?, splits: [EvaluatedSplit: Split]) {
    (self.trainCounts, self.pool, self.splits) = (trainCounts, pool, splits)
  }

  /// The number of classes K.
  public var classCount: Int { trainCounts.count }
}

extension KeptLogits {
  /// The most modalities whose subsets all have a prediction of their own.
  fileprivate static let mostModalities = 6

  /// What workers have told of one split.
  struct Told {
    /// The logits that each modality is judged by.
    let logits: [ModalityLogits]
    /// What the model's own prediction is made of.
    let parts: [ModalityLogits]
    /// The same where inputs are spoilt.
    var spoilt: [SpoiltInput: Told] = [:]
    /// Where features lie.
    var centres: [FeatureCentres] = []

    /// - Parameters:
    ///   - heads: of each modality what each of its heads says; the last speaks with those of others.
    ///   - logits: what each is judged by alone.
    init(_ heads: [[ModalityLogits]], alone logits: [ModalityLogits]) {
      (self.logits, parts) = (logits, heads.map { $0[$0.count - 1] })
    }
  }

  /// What workers have told of some splits.
  init(
    _ told: [EvaluatedSplit: Told], roster: RosterBuilder, classCount: Int,
    prediction: (any ModelPrediction)?, pool: RobustPool?, seed: UInt64
  ) throws {
    var counts = [Int](repeating: 0, count: classCount)
    for label in roster.trainLabels { counts[Int(label)] += 1 }
    var splits: [EvaluatedSplit: Split] = [:]
    for (split, told) in told {
      // Only test samples are spoilt.
      let draw =
        split == .test ? SpoiltDraw(present: told.logits.map(\.present), seed: seed) : nil
      splits[split] = Split(
        labels: roster.labels(of: split).map(Int.init),
        ids: roster.ids(of: split).map { Int64(bitPattern: FNV1a($0).value) },
        groups: Self.numbers(of: roster.groups(of: split)), modalities: told.logits,
        own: try prediction.map { try Own(told, $0, draw) },
        spoilt: told.spoilt.mapValues(\.logits), centres: told.centres)
    }
    self.init(trainCounts: counts, pool: pool, splits: splits)
  }

  /// The first sample of a group gives it its number.
  private static func numbers(of groups: [String?]) -> [Int] {
    var known: [String: Int] = [:]
    return groups.enumerated().map { sample, group in
      guard let group else { return sample }
      let number = known[group] ?? sample
      known[group] = number
      return number
    }
  }
}

extension KeptLogits.Own {
  /// What a model predicts of some logits, of those of every subset of the modalities, and with inputs of each
  /// modality spoilt.
  ///
  /// - Parameter draw: whose inputs are swapped; nil: none are.
  fileprivate init(
    _ told: KeptLogits.Told, _ prediction: any ModelPrediction, _ draw: SpoiltDraw?
  ) throws {
    let modalities = told.parts
    var inputs = told.spoilt.mapValues(\.parts)
    if let draw {
      inputs[.swapped] = zip(modalities, draw.partners).map { $0.taken(from: $1) }
    }
    spoilt = try inputs.mapValues { inputs in
      try modalities.indices.map { modality in
        try LongWork.step()
        var mixed = modalities
        mixed[modality] = inputs[modality]
        return prediction.fuse(mixed, keepsScores: false).predictions
      }
    }
    let whole = prediction.fuse(modalities, keepsScores: true)
    let last = (1 << modalities.count) - 1
    let smaller = modalities.count <= KeptLogits.mostModalities ? 0..<last : 0..<0
    scores = whole.scores
    subsets =
      try smaller.map { set in
        try LongWork.step()
        let left = modalities.enumerated().map { modality, logits in
          set >> modality & 1 == 1
            ? logits
            : logits.present(logits.present.map { _ in false })
        }
        return prediction.fuse(left, keepsScores: false).predictions
      } + [whole.predictions]
  }
}

extension ModalityLogits {
  /// The same logits where fewer samples have the modality.
  public func present(_ present: [Bool]) -> ModalityLogits {
    ModalityLogits(
      logits: logits, present: present, classCount: classCount, featureNorms: featureNorms)
  }
}
