import Exchange
import MLA
import Tensors

/// QMF (Zhang et al., ICML 2023): a head and a loss for each modality; logits are added up with weights that
/// are their energy; and energies are to be ranked as the samples' losses over the whole run are.
public struct QualityAwareFusion: JointTraining {
  /// What the ranking demands of two samples whose losses differ by d.
  public enum Margin: String, Sendable, CaseIterable {
    /// A gap of d, as in the paper.
    case hinge
    /// No inversion of more than d, as in the authors' code.
    case slack
  }

  /// When a mini-batch's losses count in its own ranking.
  public enum History: String, Sendable, CaseIterable {
    /// They are added before.
    case before
    /// They are added after.
    case after
  }

  /// What configurations, tables and files call it.
  public static let kind = "qmf"
  /// What it does, for the reference.
  public static let meaning =
    "QMF: logits weighed by their energy, energies ranked by each sample's losses so far."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "joint", .number(\.joint, 0...1_000),
      "the weight of the loss of the weighed sum, beside each modality's own"
    ),
    MethodOption<Self>("rank", .number(\.rank, 0...1_000), "the weight of the ranking"),
    MethodOption<Self>(
      "divisor", .number(\.divisor, 0.000_001...1_000_000),
      "what the energy, log(sum exp z), is divided by"),
    MethodOption<Self>(
      "detach", .toggle(\.detaches),
      "whether the joint loss takes the weights of logits as constants"),
    MethodOption<Self>(
      "margin", .choice(\.margin),
      "what the ranking demands: `hinge`, a gap, or `slack`, no large inversion, as in the authors' code"
    ),
    MethodOption<Self>(
      "history", .choice(\.history),
      "whether a mini-batch's losses count `before` or `after` its ranking"),
  ]

  /// The weight of the joint loss.
  public var joint = 1.0
  /// The weight of the ranking.
  public var rank = 1.0
  /// What the energy is divided by.
  public var divisor = 10.0
  /// Whether the joint loss takes the weights as constants.
  public var detaches = true
  /// What the ranking demands.
  public var margin = Margin.hinge
  /// When a mini-batch's losses count.
  public var history = History.before
  /// A head for each modality.
  public let heads = JointHeads.own

  /// The method with the default of every option.
  public init() {}

  /// Each modality's own loss, and its ranking's.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(worker: [NoteShape("loss_own"), NoteShape("loss_rank")])
  }
}

/// How a model predicts whose logits are weighed by their energy.
public struct EnergyPrediction: ModelPrediction {
  /// What tables call it.
  public let name = "joint"
  private let divisor: Double

  /// - Parameter divisor: what the energy is divided by.
  public init(divisor: Double) { self.divisor = divisor }

  /// The sum of the logits present, each times its energy; weights may be negative, and are not normalised.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult {
    guard let first = modalities.first else { return Fusion.fuse([], kind: .averageLogits) }
    var sums = [Float](repeating: 0, count: first.logits.count)
    var weights: [[Double]] = []
    for modality in modalities {
      weights.append(
        modality.present.indices.map { sample in
          modality.present[sample] ? modality.logSums[sample] / divisor : 0
        })
      for (sample, weight) in weights[weights.count - 1].enumerated()
      where modality.present[sample] {
        for place in sample * first.classCount..<(sample + 1) * first.classCount {
          sums[place] += Float(weight) * modality.logits[place]
        }
      }
    }
    let isAnyPresent = first.present.indices.map { sample in
      modalities.contains { $0.present[sample] }
    }
    let result = JointPrediction.result(
      sums, present: isAnyPresent, of: modalities, keepsScores: keepsScores, labels: labels)
    return FusionResult(
      weights: weights, scores: result.scores, predictions: result.predictions,
      probabilities: result.probabilities, losses: result.losses)
  }
}
