import CKernels
import Synchronization
import Tensors

/// Adam (Kingma and Ba, 2015, algorithm 1) and AdamW (Loshchilov and Hutter, 2019), with PyTorch's
/// rules: both means are corrected for their start at zero, and epsilon is added after the root.
final class Adam {
  /// The running mean of the gradients, in the order of the values they belong to.
  let mean: Buffer<Float>
  /// The running mean of their squares.
  let meanSquare: Buffer<Float>
  /// The number of steps taken, which the corrections depend on.
  var stepCount = 0
  private let sawNonfinite = Atomic(false)

  /// A descent of `count` values, at rest.
  init(count: Int, memory: ParameterMemory = .own) {
    (mean, meanSquare) = (memory.states(count), memory.states(count))
  }

  /// Starts a step: `move` then moves each range of values once.
  func begin() { stepCount += 1 }

  /// Moves the values of `range` along `gradients`, which are those of the range alone, in one pass
  /// over memory.
  ///
  /// - Returns: whether all gradients were finite.
  func move(
    _ values: Buffer<Float>, along gradients: Buffer<Float>, range: Range<Int>,
    learningRate: Double, weightDecay: Double, options: OptimizerOptions
  ) -> Bool {
    precondition(stepCount > 0 && values.count == mean.count && gradients.count == range.count)
    let step = Double(stepCount)
    let isDecoupled = options.kind == .adamw
    let rule = AdamStep(
      rate: Float(learningRate / (1 - Elementary.power(options.beta1, step))),
      beta2: Float(options.beta2),
      rest1: Float(1 - options.beta1), rest2: Float(1 - options.beta2),
      correction: Float((1 - Elementary.power(options.beta2, step)).squareRoot()),
      epsilon: Float(options.epsilon), decay: isDecoupled ? 0 : Float(weightDecay),
      shrink: isDecoupled ? Float(1 - learningRate * weightDecay) : 1)
    let (values, gradients) = (values[range].pointer, gradients.pointer)
    let (mean, meanSquare) = (mean[range].pointer, meanSquare[range].pointer)
    sawNonfinite.store(false, ordering: .relaxed)
    withUnsafePointer(to: rule) { rule in
      Threads.split(range.count, grain: Elementwise.grain, work: 7) { part, _ in
        let first = part.lowerBound
        let found = optimizer_adam_step(
          values + first, gradients + first, mean + first, meanSquare + first, part.count, rule)
        if found != 0 { sawNonfinite.store(true, ordering: .relaxed) }
      }
    }
    return !sawNonfinite.load(ordering: .relaxed)
  }
}
