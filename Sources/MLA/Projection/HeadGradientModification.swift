import Tensors

/// How the head's gradient is modified, with every semantics that has been published or run.
///
/// The defaults are recursive least squares with a small leak. Head gradient modification is
/// section 3.2 of arXiv 2311.10707; the names of the alternatives are those of the reference
/// implementation.
public struct HeadGradientModification: Sendable, Equatable {
  /// Whether a turn projects its gradient before or after its own mean feature is absorbed.
  public enum Order: String, Sendable, CaseIterable {
    /// Project with what earlier turns left, then absorb. The default.
    case projectFirst = "project_first"
    /// Absorb, then project: a turn damps its own direction too.
    case absorbFirst = "absorb_first"
  }

  /// Whose mean features a modality's projector remembers.
  public enum Memory: String, Sendable, CaseIterable {
    /// One projector, made of every turn.
    case all
    /// One projector a modality, made of the other modalities' turns.
    case others
  }

  /// How lambda goes within an epoch.
  public enum LambdaSchedule: String, Sendable, CaseIterable {
    /// Not at all.
    case constant
    /// `lambda ^ (1 + i / n)` in cycle i of n.
    case epochPower = "epoch_power"
  }

  /// What is done to P after each absorption.
  public enum Normalisation: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// `P / ||P||_F`.
    case frobenius
    /// `P * size / trace(P)`.
    case trace
  }

  /// When P goes back to the identity.
  public enum Reset: String, Sendable, CaseIterable {
    /// Never: P remembers the whole run.
    case never
    /// At the start of every epoch.
    case epoch
    /// At the start of every cycle, which is one mini-batch served to all modalities.
    case cycle
  }

  /// What is projected.
  public enum Projected: String, Sendable, CaseIterable {
    /// The gradient, before weight decay and momentum.
    case gradient
    /// The optimizer's step; its velocity stays unprojected.
    case update
  }

  /// The rank-one change of an absorption.
  public enum Formula: String, Sendable, CaseIterable {
    /// Recursive least squares: divided by the scalar `lambda + h' P h`.
    case rls
    /// Historical: divided element by element by the matrix `lambda + q h'`.
    case outer
  }

  /// What becomes of the projected gradient.
  public enum Combination: String, Sendable, CaseIterable {
    /// It replaces the gradient.
    case replace
    /// Historical: it is added to the gradient.
    case add
  }

  /// What the very first turn does.
  public enum FirstStep: String, Sendable, CaseIterable {
    /// What every other does.
    case normal
    /// Historical: it neither projects nor absorbs.
    case plain
  }

  /// Whether there is any; without, the method is plain alternation.
  public var isEnabled = true
  /// Whether a turn projects its gradient before or after its own mean feature is absorbed.
  public var order = Order.projectFirst
  /// Whose mean features a modality's projector remembers.
  public var memory = Memory.all
  /// The damping of recursive least squares, above 0: a smaller one removes more of every direction
  /// that was used, and the head freezes sooner.
  public var lambda = 0.1
  /// How lambda goes within an epoch.
  public var lambdaSchedule = LambdaSchedule.constant
  /// The leak f of `P <- (1 - f) P + f I` before each absorption, `0 <= f < 1`; 0 is the paper.
  public var forget = 0.003
  /// What is done to P after each absorption.
  public var normalisation = Normalisation.none
  /// When P goes back to the identity.
  public var reset = Reset.never
  /// Whether the head's bias is a last column of what P acts on.
  public var includesBias = false
  /// What is projected.
  public var projected = Projected.gradient
  /// The rank-one change of an absorption.
  public var formula = Formula.rls
  /// What becomes of the projected gradient.
  public var combination = Combination.replace
  /// What the very first turn does.
  public var firstStep = FirstStep.normal

  /// The defaults.
  public init() {}

  /// Lambda in a cycle, from 0, of the `cyclesPerEpoch` of an epoch.
  public func lambda(cycleInEpoch: Int, of cyclesPerEpoch: Int) -> Double {
    switch lambdaSchedule {
    case .constant: lambda
    case .epochPower:
      Elementary.power(lambda, 1 + Double(cycleInEpoch) / Double(cyclesPerEpoch))
    }
  }
}
