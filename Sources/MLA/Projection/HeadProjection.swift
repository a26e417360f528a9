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

  /// The number of rank-one changes so far that were left out because `h' P h` was not a positive number.
  public private(set) var skippedAbsorptions = 0

  let featureCount: Int
  private let classCount: Int
  private let projectors: [GradientProjector]
  /// What projectors have still to learn, under `memory = others`.
  private var pending: PendingAbsorptions
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
    pending = PendingAbsorptions(size: size, projectorCount: projectors.count)
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
    guard startsOver else { return }
    pending.forget()
    projectors.forEach { $0.reset() }
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
    let projector = projector(of: modality)
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

  /// The projector that a modality's gradients go through.
  func projector(of modality: Int) -> GradientProjector {
    let owner = options.memory == .others ? modality : 0
    while absorbPending(by: owner) {}
    return projectors[owner]
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
    guard options.memory == .others else {
      if options.isEnabled { absorb(extendedFeature, lambda: lambda, by: 0) }
      return
    }
    // Each projector learns when it is needed, or when there is time.
    for owner in projectors.indices where pending.isLast(owner) { _ = absorbPending(by: owner) }
    pending.append(extendedFeature, lambda: lambda, modality: turn.modality)
  }

  private func absorb(_ feature: Buffer<Double>, lambda: Double, by owner: Int) {
    let isAbsorbed = projectors[owner].absorb(
      feature, lambda: lambda, forget: options.forget, formula: options.formula,
      normalisation: options.normalisation)
    if !isAbsorbed { skippedAbsorptions += 1 }
  }

  /// Lets a projector learn the oldest turn that it has still to learn; false if there is none.
  private func absorbPending(by owner: Int) -> Bool {
    guard let (feature, lambda) = pending.next(for: owner) else { return false }
    absorb(feature, lambda: lambda, by: owner)
    return true
  }

  /// Lets one projector learn one turn that it has still to learn, those first that are needed first when
  /// modality after modality follows `modality`. For whoever has nothing else to do.
  ///
  /// - Returns: false if all of them have learned everything.
  public func absorbPending(after modality: Int) -> Bool {
    projectors.indices.contains { step in
      absorbPending(by: (modality + step) % projectors.count)
    }
  }

  private func absorbAllPending() {
    for owner in projectors.indices { while absorbPending(by: owner) {} }
  }

  /// Takes all memory that projections and absorptions will ever take, in a run of so many epochs with so
  /// many turns each; see `MemoryPlan`.
  ///
  /// - Parameter projectsGradients: false where factors of gradients are projected, which have their own room.
  public func reserve(epochs: Int, turnsPerEpoch: Int, projectsGradients: Bool = true) {
    let most =
      switch options.reset {
      case .never: epochs * turnsPerEpoch
      case .epoch, .cycle: turnsPerEpoch
      }
    for projector in projectors {
      projector.reserve(
        rows: projectsGradients ? classCount : 0,
        absorptions: options.formula == .outer ? .max : most)
    }
  }

  /// The Frobenius norm of every P; empty if head gradient modification is off.
  public var norms: [Double] {
    absorbAllPending()
    return projectors.map(\.frobeniusNorm)
  }

  /// Whether every P is finite, as far as it has learned, by norms that are kept anyway.
  public var isFinite: Bool { projectors.allSatisfy(\.frobeniusNorm.isFinite) }

  /// A copy of every P, `[size, size]`, where the size is that of the features, and one more with
  /// the bias.
  public var matrices: [[Double]] {
    absorbAllPending()
    return projectors.map(\.matrix)
  }

  /// What later turns depend on: every projector's state, and `progress` (the absorptions left out;
  /// epoch and cycle of the last turn that began, -1 before the first).
  public var state: [NamedState] {
    absorbAllPending()
    let states = projectors.enumerated().flatMap { $1.state.named(in: "projector\($0).") }
    let numbers = [skippedAbsorptions, lastTurn?.epoch ?? -1, lastTurn?.cycle ?? -1]
    let progress = NamedState("progress", numbers.map(Int64.init)) {
      let numbers = $0.map(Int.init)
      self.pending.forget()
      self.skippedAbsorptions = numbers[0]
      self.lastTurn = numbers[1] < 0 ? nil : (numbers[1], numbers[2])
    }
    return states + [progress]
  }
}
