import Exchange
import MLA

/// ReconBoost (Hua et al., ICML 2024): one modality after the other is trained alone, in a stage of its own,
/// against what the others say already; after each stage all that have had one are trained together.
///
/// A modality is a *member* of the model from the end of its first stage on. The model's logits are the sum of
/// those of its modalities times one number, the boost, which is trained too.
public struct ReconBoost: TrainingMethod {
  /// Who has the heads.
  public enum Heads: String, Sendable, CaseIterable {
    /// Each modality has its own: what others say of a sample does not change in a stage.
    case own
    /// All share one, which the coordinator holds and moves: it goes down in each mini-batch.
    case shared
  }

  /// What stands for the others' confidence in a sample while there are no others.
  public enum FirstResidual: String, Sendable, CaseIterable {
    /// One in K.
    case uniform
    /// One, as in the authors' code: softmax over a single column.
    case one
  }

  /// What configurations, tables and files call it.
  public static let kind = "reconboost"
  /// What it does, for the reference.
  public static let meaning =
    "ReconBoost: each modality alone against what the others say already, then all together, in stages."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "stage_epochs", .whole(\.stageEpochs, 1...100_000), "the epochs of one modality alone"),
    MethodOption<Self>(
      "joint_epochs", .whole(\.jointEpochs, 0...100_000),
      "the epochs of all together that follow each stage"),
    MethodOption<Self>(
      "weight", .number(\.weight, 0...1_000), "the weight of a sample of which others know nothing"),
    MethodOption<Self>(
      "residual", .number(\.residual, 0...1_000),
      "how much less a sample weighs that the others are sure of"),
    MethodOption<Self>(
      "class_mean", .toggle(\.takesClassMean),
      "whether weights are divided by the number of classes, as in the authors' code"),
    MethodOption<Self>(
      "agreement", .number(\.agreement, 0...1_000),
      "the weight of squared differences from the probabilities of the modality whose stage was the last;"
        + " 0: none, and so it is in the authors' code"),
    MethodOption<Self>(
      "boost", .number(\.boost, 0...1_000), "what the sum of logits is multiplied by at first"),
    MethodOption<Self>(
      "train_boost", .toggle(\.trainsBoost), "whether that number is trained, in joint epochs"),
    MethodOption<Self>(
      "head", .choice(\.heads), "`own`: a head for each modality; `shared`: one for all"),
    MethodOption<Self>(
      "first_residual", .choice(\.firstResidual),
      "how sure others are of a sample while there are none: `uniform`, 1 in K; `one`, 1"),
    MethodOption<Self>(
      "joined", .toggle(\.allAreMembers),
      "whether all modalities are members from the start: for encoders that were trained before"),
  ]

  /// The epochs of one modality alone.
  public var stageEpochs = 4
  /// The epochs of all together that follow each stage.
  public var jointEpochs = 4
  /// The weight of a sample of which others know nothing.
  public var weight = 1.0
  /// How much less a sample weighs that the others are sure of.
  public var residual = 0.2
  /// Whether weights are divided by the number of classes.
  public var takesClassMean = false
  /// The weight of differences from the probabilities of the modality whose stage was the last.
  public var agreement = 0.0
  /// What the sum of logits is multiplied by at first.
  public var boost = 1.0
  /// Whether that number is trained.
  public var trainsBoost = true
  /// Who has the heads.
  public var heads = Heads.own
  /// What stands for the others' confidence while there are no others.
  public var firstResidual = FirstResidual.uniform
  /// Whether all modalities are members from the start.
  public var allAreMembers = false

  /// The method with the default of every option.
  public init() {}

  /// In joint epochs logits one way and their gradient the other; in stages what others say, and what follows.
  public static let messageKinds = [
    JointLogits.kind, LogitGradient.kind, MemberLogits.kind, SampleWeights.kind, LentHead.kind,
    LentGradient.kind, Progress.kind,
  ]

  /// The workers, or the coordinator where they share one.
  public var headPlace: HeadPlace { heads == .own ? .worker : .coordinator }
  /// In joint epochs each mini-batch needs the same samples of all.
  public let hasOneLoss = true

  /// Each modality's own, and the joint one. Names of modalities have no spaces.
  public func lossNames(of modalities: [String]) -> [String] {
    modalities + [modalities.contains("joint") ? "joint loss" : "joint"]
  }

  /// Logits and a score, and as many gradients and a scale; and a head that is shared, and its gradient.
  public func traffic(
    modalityCount: Int, classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic {
    let logits =
      Frame.headerByteCount + MemoryLayout<Double>.stride + MemoryLayout<Int>.stride
      + classCount * sampleCount * MemoryLayout<Float>.stride
    guard heads == .shared else { return Traffic(down: logits, up: logits) }
    let head = Frame.headerByteCount + classCount * (featureCount + 1) * MemoryLayout<Float>.stride
    return Traffic(down: logits + head, up: logits + head + TrainingTotals.byteCount)
  }

  /// Where a stage begins or ends, velocities are dropped.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.dropsVelocities = true
    return demands
  }

  /// The boost; in its stage, the loss of each modality.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(coordinator: [NoteShape("boost")], worker: [NoteShape("loss_own")])
  }

  /// Which modalities have no stage in so few epochs.
  public func remark(modalities: [String], order: [Int], epochs: Int) -> String? {
    let length = stageEpochs + jointEpochs
    let begun = (epochs + length - 1) / length
    guard !allAreMembers, begun < modalities.count else { return nil }
    let left = order.dropFirst(begun).map { modalities[$0] }.joined(separator: ", ")
    let needed = (modalities.count - 1) * length + stageEpochs
    return
      "in \(epochs) epochs \(left) has no stage and stays as it was drawn, though its logits count; for a stage of"
      + " each modality set epochs to \(needed) or more, or method.stage_epochs and method.joint_epochs to less"
  }
}

extension ReconBoost {
  /// How much a sample weighs in the loss of the modality whose stage it is.
  ///
  /// - Parameter confidence: the probability that the others together give its label.
  public func weight(confidence: Double, classCount: Int) -> Double {
    (weight - residual * confidence) / (takesClassMean ? Double(classCount) : 1)
  }
}
