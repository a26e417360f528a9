import CKernels
import Tensors

/// The mean of each square window, channel by channel: `[H, W, C]` to `[H/s, W/s, C]`.
///
/// Windows do not overlap; rows and columns after the last whole window are dropped.
public final class MeanPool2DLayer: Layer {
  /// `[H/s, W/s, C]`, rounded down.
  public let outputShape: Shape

  /// Nothing but the number of samples is kept.
  public let repeatsBackward = true

  private let inputShape: Shape
  private let size: Int
  private let output: Tensor
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)

  /// Pooling over windows of `size` by `size`.
  public init(inputShape: Shape, size: Int, capacity: Int) {
    precondition(inputShape.rank == 3 && size > 0)
    self.inputShape = inputShape
    self.size = size
    outputShape = [inputShape[0] / size, inputShape[1] / size, inputShape[2]]
    output = Tensor(outputShape, capacity: capacity)
  }

  /// The mean of each window.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    output.count = input.count
    Threads.split(input.count, work: input.stride + output.stride) { samples, _ in
      let first = samples.lowerBound
      pool_mean(
        input.sample(first), output.sample(first), samples.count, inputShape[0], inputShape[1],
        inputShape[2], size)
    }
    return output
  }

  /// Shares each gradient out over its window; zero in dropped rows and columns.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.elementCount == output.elementCount)
    guard wantsInputGradient else { return nil }
    inputGradient.count = output.count
    let gradient = inputGradient
    Threads.split(output.count, work: gradient.stride + output.stride) { samples, _ in
      let first = samples.lowerBound
      pool_mean_gradient(
        outputGradient.values + first * output.stride, gradient.sample(first), samples.count,
        inputShape[0], inputShape[1], inputShape[2], size)
    }
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}
