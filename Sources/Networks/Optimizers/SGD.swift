import CKernels
import Synchronization
import Tensors

/// Stochastic gradient descent with momentum and weight decay, in PyTorch's convention:
/// `d = g + decay * p;  v = momentum * v + d;  p = p - rate * v`.
///
/// Velocities start at zero, which makes the first step `v = d` exactly.
final class SGD {
  private let sawNonfinite = Atomic(false)

  /// The velocities, in the order of the values they belong to.
  let velocity: Buffer<Float>

  /// A descent of `count` values, at rest.
  init(count: Int, memory: ParameterMemory = .own) { velocity = memory.states(count) }

  /// One step, in one pass over memory.
  func step(
    _ values: Buffer<Float>, along gradients: Buffer<Float>, learningRate: Float, momentum: Float,
    weightDecay: Float
  ) {
    move(
      values, along: gradients, range: 0..<velocity.count, learningRate: learningRate,
      momentum: momentum,
      weightDecay: weightDecay)
  }

  /// The part of one step that moves the values of `range` along `gradients`, which are those of the
  /// range alone, with Nesterov's look ahead on request (PyTorch's form:
  /// `p = p - rate * (d + momentum * v)`).
  ///
  /// - Returns: whether all gradients were finite.
  @discardableResult
  func move(
    _ values: Buffer<Float>, along gradients: Buffer<Float>, range: Range<Int>, learningRate: Float,
    momentum: Float, weightDecay: Float, isNesterov: Bool = false
  ) -> Bool {
    precondition(values.count == velocity.count && gradients.count == range.count)
    let kernel = isNesterov ? optimizer_sgd_step_nesterov : optimizer_sgd_step
    let (values, velocity) = (values[range].pointer, velocity[range].pointer)
    let gradients = gradients.pointer
    sawNonfinite.store(false, ordering: .relaxed)
    Threads.split(range.count, grain: Elementwise.grain, work: 5) { part, _ in
      let first = part.lowerBound
      let found = kernel(
        values + first, gradients + first, velocity + first, part.count, learningRate, momentum,
        weightDecay)
      if found != 0 { sawNonfinite.store(true, ordering: .relaxed) }
    }
    return !sawNonfinite.load(ordering: .relaxed)
  }

  /// The first half of a step, for the values of `range` along `gradients`, which are those of the
  /// range alone: `v = momentum * v + (g + decay * p)`. `apply` is the second, for all values.
  func accumulate(
    _ values: Buffer<Float>, along gradients: Buffer<Float>, range: Range<Int>, momentum: Float,
    weightDecay: Float
  ) {
    precondition(values.count == velocity.count && gradients.count == range.count)
    optimizer_sgd_accumulate(
      values[range].pointer, gradients.pointer, velocity[range].pointer, range.count, momentum,
      weightDecay)
  }

  /// The second half of a step along a given `direction`, such as the projected velocity:
  /// `p = p - rate * direction`.
  func apply(_ direction: Buffer<Float>, to values: Buffer<Float>, learningRate: Float) {
    precondition(values.count == velocity.count && direction.count == velocity.count)
    optimizer_sgd_apply(values.pointer, direction.pointer, values.count, learningRate)
  }
}
