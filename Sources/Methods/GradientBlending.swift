import Exchange
import Tensors

/// Gradient blending (Wang, Tran and Feiszli, CVPR 2020): a joint loss and a loss of each modality's own, weighed
/// by how much each has lately generalised for how much it has overfitted.
///
/// Weights are measured by trials: from the weights of the moment, each loss is trained alone through the
/// mini-batches that come next, losses are compared, and everything is put back.
public struct GradientBlending: JointTraining {
  /// What weights follow from.
  public enum Rule: String, Sendable, CaseIterable {
    /// The gain, where there is one.
    case positive
    /// Its size: a loss that gets worse counts too, as in public copies.
    case absolute
  }

  /// What configurations, tables and files call it.
  public static let kind = "gblend"
  /// What it does, for the reference.
  public static let meaning =
    "Gradient blending: a joint loss and a loss of each modality's own, weighed by trials."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "super_epoch", .whole(\.superEpoch, 1...100_000), "the epochs from one trial to the next"),
    MethodOption<Self>(
      "weights", .numbers(\.weights, 0...1_000, count: 0...1_001),
      "the weight of each modality's own loss and, last, of the joint one; `[]`: measured by trials"
    ),
    MethodOption<Self>(
      "rule", .choice(\.rule),
      "`positive`: weights go with gain / overfitting^2, without gain 0; `absolute`: with |gain|"),
    MethodOption<Self>(
      "floor", .number(\.floor, 0...1_000),
      "what is added to overfitting, as a root of squares, so that nothing is divided by 0"),
  ]

  /// The epochs from one trial to the next.
  public var superEpoch = 10
  /// The weight of each modality's own loss and, last, of the joint one; empty: measured.
  public var weights: [Double] = []
  /// What weights follow from.
  public var rule = Rule.positive
  /// What is added to overfitting.
  public var floor = 1e-4
  /// Slices of one head.
  public let heads = JointHeads.slices
  /// A modality is judged by its own head, the model by the slices.
  public let evaluatedHeadCount = 2

  /// The messages of joint training, and those of trials.
  public static var messageKinds: [MessageKind] {
    [JointLogits.kind, LogitGradient.kind, TrialLogits.kind, TrialLosses.kind]
  }

  /// The method with the default of every option.
  public init() {}

  /// Trials compare losses of samples held out, and change encoders beside their steps.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.wantsValidation = weights.isEmpty
    demands.changesWeights = weights.isEmpty
    return demands
  }

  /// There is a weight for each loss, if there is any.
  public func misfit(modalityCount: Int) -> OptionMisfit? {
    guard !weights.isEmpty, weights.count != modalityCount + 1 else { return nil }
    return OptionMisfit(
      "weights", found: "\(weights.count) weights",
      expected:
        "\(modalityCount + 1), one for each modality's own loss and one for the joint loss, or none"
    )
  }

  /// The weights, own losses before the joint one, and the four losses of each that they were measured by (of
  /// trials alone); each modality's own loss.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(
      coordinator: [
        NoteShape("weight", modalityCount + 1), NoteShape("measured", 4 * (modalityCount + 1)),
      ], worker: [NoteShape("loss_own")])
  }
}

/// What a trial of one loss measured: mean losses of training and of validation samples, before and after.
public struct TrialMeasure: Sendable, Equatable {
  /// The mean loss of training samples before the trial.
  public var trainedBefore = Double.nan
  /// The mean loss of validation samples before the trial.
  public var heldOutBefore = Double.nan
  /// The mean loss of training samples after the trial.
  public var trainedAfter = Double.nan
  /// The mean loss of validation samples after the trial.
  public var heldOutAfter = Double.nan

  /// Nothing is measured yet.
  public init() {}

  /// All four, in this order.
  public var values: [Double] { [trainedBefore, heldOutBefore, trainedAfter, heldOutAfter] }
  /// How much the loss of what is held out fell.
  var gain: Double { heldOutBefore - heldOutAfter }
  /// How much the gap between both losses grew.
  var overfitting: Double { (heldOutAfter - trainedAfter) - (heldOutBefore - trainedBefore) }
}

extension GradientBlending {
  /// The weight of each loss by what trials have measured; they sum to 1. A trial whose losses are not finite
  /// counts nothing; without any that counts, all weights are equal.
  public func weights(_ measures: [TrialMeasure]) -> [Double] {
    let raw = measures.map { measure in
      let square = measure.overfitting * measure.overfitting
      let weight =
        rule == .positive
        ? max(measure.gain, 0) / (square + floor * floor) : abs(measure.gain) / square
      return weight.isFinite ? weight : 0
    }
    let sum = raw.reduce(0, +)
    guard sum > 0, sum.isFinite else {
      return measures.map { _ in 1 / Double(measures.count) }
    }
    return raw.map { $0 / sum }
  }
}

/// Worker to coordinator, in a trial: the slice's logits of some samples of a split.
public struct TrialLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(105, "trialLogits", by: .epoch)

  /// `[n, K]`.
  public let values: Buffer<Float>

  /// Logits from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}

/// Worker to coordinator: what the trial of a modality's own loss measured.
public struct TrialLosses: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(106, "trialLosses", by: .epoch)

  /// What was measured.
  public var measure: TrialMeasure

  /// A measure, or room for one.
  public init(_ measure: TrialMeasure = TrialMeasure()) { self.measure = measure }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&measure.trainedBefore)
    try fields.field(&measure.heldOutBefore)
    try fields.field(&measure.trainedAfter)
    try fields.field(&measure.heldOutAfter)
  }
}
