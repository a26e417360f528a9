import MLA
import Networks
import Tensors

/// The one head of all modalities, with its optimizer and the memory of what it has learned.
///
/// A turn is applied in two parts: `apply` moves the weights, so that the next modality can have
/// them at once; `settle` absorbs the turn's mean feature, while that modality is computing.
public final class SharedHead {
  /// The head. `head.store.gradients` holds the gradient that the last turn brought.
  public let head: Head
  /// The projectors; nil without head gradient modification.
  public let projection: HeadProjection?
  /// The number of turns applied; turns without samples do not count.
  public private(set) var stepCount = 0
  /// What moved the weights in the last turn: the gradient (or velocity) behind the projection.
  public let used: UnsafeMutablePointer<Float>
  /// The mean feature that the last turn brought, `[D]`.
  public let meanFeature: UnsafeMutablePointer<Double>

  private let usedMemory: Buffer<Float>
  private let meanMemory: Buffer<Double>
  private let options: HeadGradientModification
  private let optimizer: Optimizer
  private var unsettled: Turn?

  /// A head that moves as `optimizer` and `options` say.
  public init(
    _ head: Head, modalityCount: Int, options: HeadGradientModification,
    optimizer: OptimizerOptions
  ) {
    self.head = head
    self.options = options
    self.optimizer = Optimizer(optimizer.ofHead, for: head.store)
    precondition(
      options.projected == .gradient || !optimizer.isNesterov, "a look ahead is not projected")
    usedMemory = Buffer(head.store.count)
    meanMemory = Buffer(head.featureCount)
    used = Self.pointer(to: usedMemory)
    meanFeature = Self.pointer(to: meanMemory)
    projection =
      options.isEnabled
      ? HeadProjection(
        options, featureCount: head.featureCount, classCount: head.classCount,
        modalityCount: modalityCount) : nil
  }

  /// The velocity of weights and bias, in the order of the head's store.
  public var velocity: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: optimizer.velocity, count: head.store.count)
  }

  /// What the last turn's projection was applied to: the gradient, or the velocity.
  public var projectedFrom: UnsafePointer<Float> {
    UnsafePointer(options.projected == .update ? optimizer.velocity : head.store.gradients)
  }

  /// Starts a turn, with samples or without: the moment when a projector may be reset.
  public func begin(_ turn: Turn) {
    precondition(unsettled == nil, "turn \(turn.index) begins before the last one is settled")
    projection?.beginTurn(turn)
  }

  /// Moves the head along the gradient in `head.store.gradients`, which clipping scales before it is
  /// projected.
  public func apply(_ turn: Turn, learningRate: Double) {
    let active = projection.flatMap { $0.isActive(forStep: stepCount) ? $0 : nil }
    if options.order == .absorbFirst { active?.absorb(meanFeature: meanMemory, turn: turn) }
    optimizer.clip()
    switch options.projected {
    case .update where active != nil:
      optimizer.accumulate()
      project(optimizer.velocity, turn, by: active)
      optimizer.apply(used, learningRate: learningRate)
    default:
      project(head.store.gradients, turn, by: active)
      optimizer.step(along: used, learningRate: learningRate)
    }
    stepCount += 1
    unsettled = options.order == .projectFirst && active != nil ? turn : nil
  }

  /// Finishes the last turn: its mean feature becomes part of what the head must not forget.
  public func settle() {
    guard let turn = unsettled else { return }
    projection?.absorb(meanFeature: meanMemory, turn: turn)
    unsettled = nil
  }

  private func project(
    _ gradient: UnsafeMutablePointer<Float>, _ turn: Turn, by projection: HeadProjection?
  ) {
    used.update(from: gradient, count: head.store.count)
    let weightCount = head.classCount * head.featureCount
    let (weight, bias) = (usedMemory[0..<weightCount], usedMemory[weightCount..<usedMemory.count])
    projection?.project(
      weight: weight, bias: bias, modality: turn.modality, intoWeight: weight, intoBias: bias)
  }

  private static func pointer<Element>(to memory: Buffer<Element>) -> UnsafeMutablePointer<Element>
  {
    memory.withMutableSpan { span in
      span.withUnsafeMutableBufferPointer { values in
        guard let address = values.baseAddress else { preconditionFailure() }
        return address
      }
    }
  }
}
