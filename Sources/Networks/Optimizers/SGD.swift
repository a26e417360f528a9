import CKernels
import Tensors

/// Stochastic gradient descent with momentum and weight decay, in PyTorch's convention:
/// `d = g + decay * p;  v = momentum * v + d;  p = p - rate * v`.
///
/// Velocities start at zero, which makes the first step `v = d` exactly.
public final class SGD {
  /// The velocities, in the order of the values they belong to.
  public let velocity: UnsafeMutablePointer<Float>
  /// The number of values.
  public let count: Int

  /// A descent of `count` values, at rest.
  public init(count: Int) {
    self.count = count
    velocity = AlignedStorage.floats(count)
  }

  deinit { AlignedStorage.free(velocity) }

  /// One step, in one pass over memory.
  public func step(
    _ values: UnsafeMutablePointer<Float>, along gradients: UnsafePointer<Float>,
    learningRate: Float, momentum: Float, weightDecay: Float
  ) {
    move(
      values, along: gradients, range: 0..<count, learningRate: learningRate, momentum: momentum,
      weightDecay: weightDecay)
  }

  /// The part of one step that moves the values of `range` along `gradients`, which are those of the
  /// range alone, with Nesterov's look ahead on request (PyTorch's form:
  /// `p = p - rate * (d + momentum * v)`).
  public func move(
    _ values: UnsafeMutablePointer<Float>, along gradients: UnsafePointer<Float>,
    range: Range<Int>, learningRate: Float, momentum: Float, weightDecay: Float,
    isNesterov: Bool = false
  ) {
    precondition(range.upperBound <= count)
    let kernel = isNesterov ? sgd_step_nesterov : sgd_step
    Threads.split(range.count, grain: Elementwise.grain, work: 5) { part, _ in
      let first = range.lowerBound + part.lowerBound
      kernel(
        values + first, gradients + part.lowerBound, velocity + first, part.count, learningRate,
        momentum, weightDecay)
    }
  }

  /// The first half of a step, for the values of `range` along `gradients`, which are those of the
  /// range alone: `v = momentum * v + (g + decay * p)`. `apply` is the second, for all values.
  public func accumulate(
    _ values: UnsafePointer<Float>, along gradients: UnsafePointer<Float>, range: Range<Int>,
    momentum: Float, weightDecay: Float
  ) {
    precondition(range.upperBound <= count)
    let offset = range.lowerBound
    sgd_accumulate(
      values + offset, gradients, velocity + offset, range.count, momentum, weightDecay)
  }

  /// The second half of a step along a given `direction`, such as the projected velocity:
  /// `p = p - rate * direction`.
  public func apply(
    _ direction: UnsafePointer<Float>, to values: UnsafeMutablePointer<Float>, learningRate: Float
  ) {
    sgd_apply(values, direction, count, learningRate)
  }
}
