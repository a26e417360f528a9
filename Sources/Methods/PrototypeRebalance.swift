import Exchange

/// PMR (Fan et al., CVPR 2023): joint training in which the encoders of all but the strongest modality also
/// learn to lie near their class's prototype, the mean feature of its samples.
public struct PrototypeRebalance: JointTraining {
  /// How much a weaker modality is helped.
  public enum Coefficient: String, Sendable, CaseIterable {
    /// By alpha.
    case step
    /// By alpha, times how much better the strongest is, at most once.
    case ratio
  }

  /// What configurations, tables and files call it.
  public static let kind = "pmr"
  /// What it does, for the reference.
  public static let meaning =
    "PMR: joint training in which weaker modalities also learn to lie near their class's mean feature."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "alpha", .number(\.alpha, 0...1_000),
      "the weight of the loss by prototypes of the modalities that are helped"
    ),
    MethodOption<Self>(
      "coefficient", .choice(\.coefficient),
      "`step`: each but the strongest has that weight; `ratio`: times how much better the strongest is"
    ),
    MethodOption<Self>(
      "momentum", .number(\.momentum, 0...1),
      "the part of an old prototype that is kept, epoch after epoch"),
    MethodOption<Self>(
      "share", .number(\.share, 0...1),
      "the share of an epoch's mini-batches that prototypes are made of, before it begins; one at least"
    ),
    MethodOption<Self>(
      "fresh_epochs", .whole(\.freshEpochs, 0...1_000_000_000),
      "for so many epochs nothing of old prototypes is kept"),
    MethodOption<Self>(
      "first_epoch", .whole(\.firstEpoch, 0...1_000_000_000), "the first epoch with help, from 0"),
    MethodOption<Self>(
      "last_epoch", .whole(\.lastEpoch, 0...1_000_000_000), "the last epoch with help"),
  ]

  /// The weight of the loss by prototypes.
  public var alpha = 1.0
  /// How much a weaker modality is helped.
  public var coefficient = Coefficient.step
  /// The part of an old prototype that is kept.
  public var momentum = 0.2
  /// The share of an epoch that prototypes are made of.
  public var share = 0.1
  /// For so many epochs nothing of old prototypes is kept.
  public var freshEpochs = 1
  /// The first epoch with help.
  public var firstEpoch = 0
  /// The last one.
  public var lastEpoch = 100
  /// Slices of one head.
  public let heads = JointHeads.slices

  /// The method with the default of every option.
  public init() {}

  /// How well prototypes tell each modality's classes, what it is helped by, and its loss by prototypes.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(
      coordinator: [NoteShape("score", modalityCount), NoteShape("coefficient", modalityCount)],
      worker: [NoteShape("loss_prototype")])
  }
}
