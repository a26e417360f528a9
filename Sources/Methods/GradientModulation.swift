import Exchange

/// OGM-GE (Peng et al., CVPR 2022): joint training that scales down the encoder's gradient of a modality that
/// does better alone than the others, and adds noise as large as the gradients vary.
public struct GradientModulation: JointTraining {
  /// What a modality is compared with.
  public enum Ratio: String, Sendable, CaseIterable {
    /// The weakest.
    case min
    /// The mean of the others.
    case mean
    /// The sum of the others, as in MLA's code for three modalities.
    case sum
  }

  /// Which tensors of an encoder are modulated.
  public enum Target: String, Sendable, CaseIterable {
    /// Those of two dimensions and more.
    case weights
    /// Those of four, which convolutions have: as in the authors' code.
    case conv
    /// All.
    case all

    /// The fewest dimensions of a tensor that is modulated.
    public var leastRank: Int {
      switch self {
      case .all: 1
      case .weights: 2
      case .conv: 4
      }
    }
  }

  /// What configurations, tables and files call it.
  public static let kind = "ogm"
  /// What it does, for the reference.
  public static let meaning =
    "OGM-GE: joint training that slows the encoder of the modality that is ahead, with noise."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "fusion", .choice(\.heads),
      "`concat`: one head over all features side by side; `sum`: a head for each modality, logits summed"
    ),
    MethodOption<Self>(
      "alpha", .number(\.alpha, 0...100),
      "how strongly the gradient is scaled: by 1 - tanh(alpha ratio)"),
    MethodOption<Self>(
      "noise", .toggle(\.hasNoise),
      "whether noise is added, as large as the deviation of each tensor's gradient (GE)"),
    MethodOption<Self>(
      "ratio", .choice(\.ratio),
      "what a modality's score is compared with: the others' `min`, `mean` or `sum`"
    ),
    MethodOption<Self>(
      "apply_to", .choice(\.target),
      "which tensors: `weights` of two dimensions and more, `conv` of four, as in the authors' code, or `all`"
    ),
    MethodOption<Self>(
      "first_epoch", .whole(\.firstEpoch, 0...1_000_000_000),
      "the first epoch that is modulated, from 0"),
    MethodOption<Self>(
      "last_epoch", .whole(\.lastEpoch, 0...1_000_000_000), "the last epoch that is modulated"),
  ]

  /// What the logits of workers come from.
  public var heads = JointHeads.slices
  /// How strongly the gradient is scaled.
  public var alpha = 0.8
  /// Whether noise is added.
  public var hasNoise = true
  /// What a modality is compared with.
  public var ratio = Ratio.min
  /// Which tensors are modulated.
  public var target = Target.weights
  /// The first epoch that is modulated.
  public var firstEpoch = 0
  /// The last one.
  public var lastEpoch = 50

  /// The method with the default of every option.
  public init() {}

  /// It changes gradients.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.changesGradients = true
    return demands
  }

  /// Each modality's mean probability of the label, and its coefficient.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(coordinator: [
      NoteShape("score", modalityCount), NoteShape("coefficient", modalityCount),
    ])
  }

  /// Whether an epoch is modulated.
  public func isActive(epoch: Int) -> Bool { firstEpoch <= epoch && epoch <= lastEpoch }
}
