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
  private var lastTurn: Turn?
  /// The mean feature and the constant 1 of the bias.
  private let extendedFeature: UnsafeMutablePointer<Double>
  /// `[W | b]`, `[classes, features + 1]`.
  private let extendedGradient: UnsafeMutablePointer<Float>

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
    extendedFeature = AlignedStorage.doubles(featureCount + 1)
    extendedGradient = AlignedStorage.floats(
      options.includesBias ? classCount * (featureCount + 1) : 0)
  }

  deinit {
    AlignedStorage.free(extendedFeature)
    AlignedStorage.free(extendedGradient)
  }

  /// Starts every projector over if the turn opens a new cycle or epoch and the options ask for it.
  ///
  /// Call it for every turn, before anything else, also if the turn is then skipped.
  public func beginTurn(_ turn: Turn) {
    defer { lastTurn = turn }
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
    weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, modality: Int,
    intoWeight projectedWeight: UnsafeMutablePointer<Float>,
    intoBias projectedBias: UnsafeMutablePointer<Float>
  ) {
    guard options.isEnabled else {
      projectedWeight.update(from: weight, count: classCount * featureCount)
      projectedBias.update(from: bias, count: classCount)
      return
    }
    let projector = projectors[options.memory == .others ? modality : 0]
    let add = options.combination == .add
    guard options.includesBias else {
      projector.project(weight, rows: classCount, into: projectedWeight, add: add)
      projectedBias.update(from: bias, count: classCount)
      return
    }
    for k in 0..<classCount {
      let row = extendedGradient + k * (featureCount + 1)
      row.update(from: weight + k * featureCount, count: featureCount)
      row[featureCount] = bias[k]
    }
    projector.project(extendedGradient, rows: classCount, into: extendedGradient, add: add)
    for k in 0..<classCount {
      let row = extendedGradient + k * (featureCount + 1)
      (projectedWeight + k * featureCount).update(from: row, count: featureCount)
      projectedBias[k] = row[featureCount]
    }
  }

  /// Lets every projector concerned learn a turn's mean feature: all under `memory = all`, those of
  /// the other modalities under `others`.
  ///
  /// - Parameters:
  ///   - meanFeature: `[features]`, the mean over the samples of the turn.
  ///   - turn: the turn it comes from.
  public func absorb(meanFeature: UnsafePointer<Double>, turn: Turn) {
    extendedFeature.update(from: meanFeature, count: featureCount)
    extendedFeature[featureCount] = 1
    let lambda = options.lambda(batch: turn.batch, of: turn.batchCount)
    for (owner, projector) in projectors.enumerated() {
      if options.memory == .others && owner == turn.modality { continue }
      let isAbsorbed = projector.absorb(
        extendedFeature, lambda: lambda, forget: options.forget, formula: options.formula,
        normalisation: options.normalisation)
      if !isAbsorbed { skippedAbsorptions += 1 }
    }
  }

  /// The Frobenius norm of every P; empty if head gradient modification is off.
  public var norms: [Double] { projectors.map(\.frobeniusNorm) }

  /// A copy of every P, `[size, size]`, where the size is that of the features, and one more with
  /// the bias.
  public var matrices: [[Double]] { projectors.map(\.matrix) }
}
