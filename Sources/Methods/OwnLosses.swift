import Exchange

/// A joint loss and a loss of each modality's own, added up: the baseline of MMPareto, and what its rivals with
/// own heads come close to.
///
/// The joint loss has one head over all features side by side; each modality's own has a head beside its
/// slice. The encoder moves along the sum of both gradients, heads along their own loss's.
public struct UniformLosses: JointTraining {
  /// What configurations, tables and files call it.
  public static let kind = "uniform"
  /// What it does, for the reference.
  public static let meaning = "A joint loss and a loss of each modality's own, added up."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "gamma", .number(\.gamma, 0...1_000),
      "what the encoders' gradients are multiplied by; 1.5 makes it the control of `mmpareto`")
  ]

  /// What the encoders' gradients are multiplied by.
  public var gamma = 1.0
  /// Slices of one head.
  public let heads = JointHeads.slices
  /// A modality is judged by its own head, the model by the slices.
  public let evaluatedHeadCount = 2

  /// The method with the default of every option.
  public init() {}

  /// Each modality's own loss.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(worker: [NoteShape("loss_own")])
  }
}

/// MMPareto (Wei and Hu, ICML 2024): a joint loss and a loss of each modality's own, whose gradients of an
/// encoder are weighed towards the shorter sum where they are in conflict.
public struct ParetoLosses: JointTraining {
  /// How the two gradients are weighed.
  public enum Weights: String, Sendable, CaseIterable {
    /// Alike without conflict, else by the point of least norm between them.
    case pareto
    /// Alike.
    case uniform
  }

  /// What configurations, tables and files call it.
  public static let kind = "mmpareto"
  /// What it does, for the reference.
  public static let meaning =
    "MMPareto: a joint loss and a loss of each modality's own, their gradients reconciled."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "weights", .choice(\.weights),
      "`pareto`: where an encoder's two gradients are in conflict, the point of least norm between them;"
        + " `uniform`: always alike"),
    MethodOption<Self>(
      "gamma", .number(\.gamma, 0...1_000), "what the encoders' gradients are multiplied by"),
    MethodOption<Self>(
      "rescale", .toggle(\.rescales),
      "whether each tensor's gradient is made at least as long as the plain sum"),
  ]

  /// How the two gradients are weighed.
  public var weights = Weights.pareto
  /// What the encoders' gradients are multiplied by.
  public var gamma = 1.5
  /// Whether each tensor's gradient is made at least as long as the plain sum.
  public var rescales = true
  /// Slices of one head.
  public let heads = JointHeads.slices
  /// A modality is judged by its own head, the model by the slices.
  public let evaluatedHeadCount = 2

  /// The method with the default of every option.
  public init() {}

  /// It compares whole gradients.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.wantsWholeGradients = true
    demands.changesGradients = true
    return demands
  }

  /// Each modality's own loss, the weights of both gradients, and the cosine between them.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(worker: [NoteShape("loss_own"), NoteShape("weight", 2), NoteShape("cosine")])
  }
}
