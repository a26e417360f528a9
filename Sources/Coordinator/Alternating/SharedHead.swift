import MLA
import Methods
import Networks
import Tensors

/// The one head of all modalities, with its optimizer and the memory of what it has learned.
///
/// A turn is applied in two parts: `apply` moves the weights, so that the next modality can have
/// them at once; `settle` absorbs the turn's mean feature, while that modality is computing.
public final class SharedHead {
  /// The head.
  public let head: Head
  /// The projectors; nil without head gradient modification.
  public let projection: HeadProjection?
  /// What the last turn brought, and `apply` goes by: a turn's update is received into it. Clipping
  /// scales its gradient.
  public var update: HeadUpdate
  /// The same where updates come as factors; nil: they do not.
  public let factors: HeadFactors?
  /// The number of turns applied; turns without samples do not count.
  public private(set) var stepCount = 0

  let options: HeadGradientModification
  let optimizer: Optimizer
  /// What moved the head in the last turn, `[K, D]` and `[K]`: the gradient (or velocity) after the
  /// projection.
  let step: Buffer<Float>
  private var unsettled: Turn?

  /// A head that moves as `optimizer` and `options` say.
  ///
  /// - Parameter factorBatchSize: the most samples of a turn, where updates come as factors; nil: they come as
  ///   gradients. Of factors, neither the velocity can be projected nor the historical formula be followed.
  public init(
    _ head: Head, modalityCount: Int, options: HeadGradientModification,
    optimizer: OptimizerOptions, factorBatchSize: Int? = nil
  ) {
    self.head = head
    self.options = options
    self.optimizer = Optimizer(optimizer.ofHead, for: head.store)
    precondition(
      options.projected == .gradient || !optimizer.isNesterov, "a look ahead is not projected")
    step = Buffer(head.store.count)
    update = HeadUpdate(
      meanFeature: Buffer(head.featureCount), gradient: head.store.gradients)
    projection =
      options.isEnabled
      ? HeadProjection(
        options, featureCount: head.featureCount, classCount: head.classCount,
        modalityCount: modalityCount) : nil
    factors = factorBatchSize.map { [projection] in
      precondition(!options.isEnabled || options.projected == .gradient && options.formula == .rls)
      return HeadFactors(
        classCount: head.classCount, featureCount: head.featureCount, batchSize: $0,
        projection: projection)
    }
  }

  var weights: Range<Int> { 0..<head.classCount * head.featureCount }

  /// The velocity of weights and bias, in the order of the head's store.
  public var velocity: Buffer<Float> { optimizer.velocity }

  /// What moved the weights in the last turn, `[K, D]`: the gradient, or the velocity, projected.
  public var weightStep: Buffer<Float> { step[weights] }

  /// What that was before it was projected, `[K, D]`.
  public var unprojectedWeightStep: Buffer<Float> {
    formGradient()
    return (options.projected == .update ? optimizer.velocity : update.gradient)[weights]
  }

  /// All that the head must remember to go on, once a turn is settled.
  public var state: [NamedState] {
    precondition(unsettled == nil, "the last turn is not settled")
    return head.state + optimizer.state.named(in: "optimizer.")
      + (projection?.state.named(in: "projection.") ?? [])
      + [
        NamedState("steps", [Int64(stepCount)]) { self.stepCount = Int($0[0]) }
      ]
  }

  /// Whether the last turn moved the head by finite numbers.
  var stepIsFinite: Bool {
    options.projected == .update ? BLAS.norm(step).isFinite : optimizer.nonfinite == nil
  }

  /// Whether every P is finite, as far as it has learned.
  var projectorIsFinite: Bool { projection?.isFinite ?? true }

  /// Starts a turn, with samples or without: the moment when a projector may be reset.
  public func begin(_ turn: Turn) {
    precondition(unsettled == nil, "turn \(turn.index) begins before the last one is settled")
    projection?.beginTurn(turn)
  }

  /// Moves the head along the gradient of `update`, which clipping scales before it is projected.
  public func apply(_ turn: Turn, learningRate: Double) {
    let active = projection.flatMap { $0.isActive(forStep: stepCount) ? $0 : nil }
    if let factors { update.meanFeature.update(from: factors[turn].meanFeature) }
    if options.order == .absorbFirst { absorb(turn, by: active) }
    if factors == nil { optimizer.clip() }
    switch options.projected {
    case _ where factors != nil:
      stepAlongFactors(of: turn, isProjected: active != nil)
      optimizer.step(along: step, learningRate: learningRate)
    case .update where active != nil:
      optimizer.accumulate()
      project(optimizer.velocity, turn, by: active)
      Trace.span("update") { optimizer.apply(step, learningRate: learningRate) }
    default:
      project(update.gradient, turn, by: active)
      Trace.span("update") { optimizer.step(along: step, learningRate: learningRate) }
    }
    stepCount += 1
    unsettled = options.order == .projectFirst && active != nil ? turn : nil
  }

  /// Finishes the last turn: its mean feature becomes part of what the head must not forget.
  public func settle() {
    guard let turn = unsettled else { return }
    absorb(turn, by: projection)
    unsettled = nil
  }

  private func absorb(_ turn: Turn, by projection: HeadProjection?) {
    guard let projection else { return }
    projection.absorb(meanFeature: update.meanFeature, turn: turn)
    factors?.follow(turn, by: projection)
  }

  private func project(_ gradient: Buffer<Float>, _ turn: Turn, by projection: HeadProjection?) {
    guard let projection else { return step.update(from: gradient) }
    let bias = weights.upperBound..<head.store.count
    Trace.span("project") {
      projection.project(
        weight: gradient[weights], bias: gradient[bias], modality: turn.modality,
        intoWeight: step[weights], intoBias: step[bias])
    }
  }
}
