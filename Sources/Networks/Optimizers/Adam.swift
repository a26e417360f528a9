import CKernels
import Tensors

/// Adam (Kingma and Ba, 2015, algorithm 1) and AdamW (Loshchilov and Hutter, 2019), with PyTorch's
/// rules: both means are corrected for their start at zero, and epsilon is added behind the root.
public final class Adam {
  /// The running mean of the gradients, in the order of the values they belong to.
  public let mean: UnsafeMutablePointer<Float>
  /// The running mean of their squares.
  public let meanSquare: UnsafeMutablePointer<Float>
  /// The number of values.
  public let count: Int
  /// The number of steps taken: part of a checkpoint, because the corrections depend on it.
  public var stepCount = 0

  /// A descent of `count` values, at rest.
  public init(count: Int) {
    self.count = count
    mean = AlignedStorage.floats(count)
    meanSquare = AlignedStorage.floats(count)
  }

  deinit {
    AlignedStorage.free(mean)
    AlignedStorage.free(meanSquare)
  }

  /// Starts a step: `move` then moves each range of values once.
  public func begin() { stepCount += 1 }

  /// Moves the values of `range` along `gradients`, which are those of the range alone, in one pass
  /// over memory.
  public func move(
    _ values: UnsafeMutablePointer<Float>, along gradients: UnsafePointer<Float>,
    range: Range<Int>, learningRate: Double, weightDecay: Double, options: OptimizerOptions
  ) {
    precondition(stepCount > 0 && range.upperBound <= count)
    let (step, offset) = (Double(stepCount), range.lowerBound)
    let isDecoupled = options.kind == .adamw
    let rule = AdamStep(
      rate: Float(learningRate / (1 - Elementary.power(options.beta1, step))),
      beta2: Float(options.beta2),
      rest1: Float(1 - options.beta1), rest2: Float(1 - options.beta2),
      correction: Float((1 - Elementary.power(options.beta2, step)).squareRoot()),
      epsilon: Float(options.epsilon), decay: isDecoupled ? 0 : Float(weightDecay),
      shrink: isDecoupled ? Float(1 - learningRate * weightDecay) : 1)
    withUnsafePointer(to: rule) { rule in
      Threads.split(range.count, grain: Elementwise.grain, work: 7) { part, _ in
        let first = offset + part.lowerBound
        adam_step(
          values + first, gradients + part.lowerBound, mean + first, meanSquare + first, part.count,
          rule)
      }
    }
  }
}
