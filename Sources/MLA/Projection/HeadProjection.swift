import Tensors

/// Head gradient modification of a whole head: its projectors, when they start over, and who is
/// projected with which.
///
/// The order within one turn, as specified:
/// 1. `beginTurn`, for every turn, those without samples included; without samples, stop here.
/// 2. Only if `isActive(forStep:)`: `absorb` under `absorb_first`, `project`, `absorb` under
///    `project_first`.
public final class HeadProjection {
  /// What was asked for.
  public let options: HeadGradientModification

  /// The number of rank-one changes that were left out because `h' P h` was not a positive number.
  public private(set) var skippedAbsorptions = 0

  private let featureCount: Int
  private let classCount: Int
  private let projectors: [GradientProjector]
  /// The epoch and the cycle of the last turn that began.
  private var lastTurn: (epoch: Int, cycle: Int)?
  /// The mean feature and, with the bias, its constant 1.
  private let extendedFeature: Buffer<Double>
  /// `[W | b]`, `[classes, features + 1]`; empty without the bias.
  private let extendedGradient: Buffer<Float>

  /// Projectors that are identities: one under `memory = all`, one a modality under `others`, none
  /// if head gradient modification is off.
  public init(
    _ options: HeadGradientModification, featureCount: Int, classCount: Int, modalityCount: Int
  ) {
    precondition(featureCount > 0 && classCount > 0 && modalityCount > 0)
    self.options = options
    self.featureCount = featureCount
    self.classCount = classCount
    let size = featureCount + (options.includesBias ? 1 : 0)
    let count = options.memory == .others ? modalityCount : 1
    let workspace = ProjectionWorkspace()
    projectors = (0..<(options.isEnabled ? count : 0)).map { _ in
      GradientProjector(size: size, workspace: workspace)
    }
    extendedFeature = Buffer(size)
    extendedFeature[size - 1..<size].update(repeating: 1)
    extendedGradient = Buffer(options.includesBias ? classCount * size : 0)
  }

  /// Starts every projector over if the turn opens a new cycle or epoch and the options ask for it.
  ///
  /// Call it for every turn, before anything else, also if the turn is then skipped.
  public func beginTurn(_ turn: Turn) {
    defer { lastTurn = (turn.epoch, turn.cycle) }
    guard let lastTurn else { return }
    let startsOver =
      switch options.reset {
      case .never: false
      case .epoch: turn.epoch != lastTurn.epoch
      case .cycle: turn.cycle != lastTurn.cycle
      }
    if startsOver { projectors.forEach { $0.reset() } }
  }

  /// Whether a step projects and absorbs.
  ///
  /// - Parameter step: the number of turns with samples before this one in the whole run.
  /// - Returns: false if options switch it off, or leave out the very first step.
  public func isActive(forStep step: Int) -> Bool {
    options.isEnabled && !(options.firstStep == .plain && step == 0)
  }

  /// Projects the head's gradient, or its velocity under `project = update`.
  ///
  /// - Parameters:
  ///   - weight: `[classes, features]`.
  ///   - bias: `[classes]`; goes through unchanged unless the options include the bias.
  ///   - modality: the modality whose turn it is.
  ///   - projectedWeight: `[classes, features]`; may be `weight` itself.
  ///   - projectedBias: `[classes]`; may be `bias` itself.
  public func project(
    weight: Buffer<Float>, bias: Buffer<Float>, modality: Int,
    intoWeight projectedWeight: Buffer<Float>, intoBias projectedBias: Buffer<Float>
  ) {
    guard options.isEnabled else {
      projectedWeight.update(from: weight)
      projectedBias.update(from: bias)
      return
    }
    let projector = projectors[options.memory == .others ? modality : 0]
    let add = options.combination == .add
    guard options.includesBias else {
      projector.project(weight, into: projectedWeight, add: add)
      projectedBias.update(from: bias)
      return
    }
    for k in 0..<classCount {
      let (features, extended) = places(ofClass: k)
      extendedGradient[extended].update(from: weight[features])
      extendedGradient[extended.upperBound] = bias[k]
    }
    projector.project(extendedGradient, into: extendedGradient, add: add)
    for k in 0..<classCount {
      let (features, extended) = places(ofClass: k)
      projectedWeight[features].update(from: extendedGradient[extended])
      projectedBias[k] = extendedGradient[extended.upperBound]
    }
  }

  /// Where the features of a class stand in `W`, and in `[W | b]`.
  private func places(ofClass k: Int) -> (Range<Int>, extended: Range<Int>) {
    let (first, extended) = (k * featureCount, k * (featureCount + 1))
    return (first..<first + featureCount, extended..<extended + featureCount)
  }

  /// Lets every projector concerned learn a turn's mean feature: all under `memory = all`, those of
  /// the other modalities under `others`.
  ///
  /// - Parameters:
  ///   - meanFeature: `[features]`, the mean over the samples of the turn.
  ///   - turn: the turn it comes from.
  public func absorb(meanFeature: Buffer<Double>, turn: Turn) {
    extendedFeature[0..<featureCount].update(from: meanFeature)
    let lambda = options.lambda(cycleInEpoch: turn.cycleInEpoch, of: turn.cyclesPerEpoch)
    for (owner, projector) in projectors.enumerated() {
      if options.memory == .others && owner == turn.modality { continue }
      let isAbsorbed = projector.absorb(
        extendedFeature, lambda: lambda, forget: options.forget, formula: options.formula,
        normalisation: options.normalisation)
      if !isAbsorbed { skippedAbsorptions += 1 }
    }
  }

  /// Takes all memory that projections and absorptions will ever take, in a run of so many epochs with so
  /// many turns each; see `MemoryPlan`.
  public func reserve(epochs: Int, turnsPerEpoch: Int) {
    let most =
      switch options.reset {
      case .never: epochs * turnsPerEpoch
      case .epoch, .cycle: turnsPerEpoch
      }
    for projector in projectors {
      projector.reserve(rows: classCount, absorptions: options.formula == .outer ? .max : most)
    }
  }

  /// The Frobenius norm of every P; empty if head gradient modification is off.
  public var norms: [Double] { projectors.map(\.frobeniusNorm) }

  /// A copy of every P, `[size, size]`, where the size is that of the features, and one more with
  /// the bias.
  public var matrices: [[Double]] { projectors.map(\.matrix) }

  /// What later turns depend on: every projector's state, and `progress` (the absorptions left out;
  /// epoch and cycle of the last turn that began, -1 before the first).
  public var state: [NamedState] {
    let states = projectors.enumerated().flatMap { $1.state.named(in: "projector\($0).") }
    let numbers = [skippedAbsorptions, lastTurn?.epoch ?? -1, lastTurn?.cycle ?? -1]
    let progress = NamedState("progress", numbers.map(Int64.init)) {
      let numbers = $0.map(Int.init)
      self.skippedAbsorptions = numbers[0]
      self.lastTurn = numbers[1] < 0 ? nil : (numbers[1], numbers[2])
    }
    return states + [progress]
  }
}
