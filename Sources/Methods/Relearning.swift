import Exchange

/// Diagnosing and re-learning (Wei et al., ECCV 2024): encoders whose features cluster better on training
/// samples than on those held out are drawn back to where they began.
///
/// All of it is local to a worker; but for what becomes of encoders it is `joint_concat`.
public struct Relearning: JointTraining {
  /// What configurations, tables and files call it.
  public static let kind = "relearn"
  /// What it does, for the reference.
  public static let meaning =
    "Joint concatenation, whose encoders are drawn back to their start where they fit training samples too well."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "period", .whole(\.period, 1...100_000), "the epochs from one event to the next"),
    MethodOption<Self>("count", .whole(\.count, 0...100_000), "the most events of a run"),
    MethodOption<Self>(
      "strength", .number(\.strength, 0...1_000),
      "how far an encoder is drawn back for a difference of purity: `tanh(strength |difference|)` of the way"
    ),
  ]

  /// The epochs from one event to the next: events are at the ends of epochs, counted from 0, that are
  /// multiples of it, but not of the first.
  public var period = 20
  /// The most events of a run.
  public var count = 3
  /// How far an encoder is drawn back for a difference of purity.
  public var strength = 3.0
  /// Slices of one head.
  public let heads = JointHeads.slices

  /// The method with the default of every option.
  public init() {}

  /// It looks at samples that are held out, and changes encoders beside their steps.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.wantsValidation = true
    demands.changesWeights = true
    return demands
  }

  /// The purity of clusters of training and validation samples, and how far the encoder was drawn back; of
  /// events alone.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(worker: [NoteShape("purity", 2), NoteShape("weight")])
  }
}
