import Tensors

@testable import Networks

/// The pooling of a residual stem as a layer of its own, for comparisons with PyTorch.
final class SlidingMaxPool2DLayer: Layer {
  /// The shape of one sample of the output.
  let outputShape: Shape

  private let pool: SlidingMaxPool
  private let inputShape: Shape
  private let output: Tensor
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)

  /// Pooling over windows of `size` by `size` (at most 16), `stride` apart, with less `padding`
  /// than `size`.
  init(inputShape: Shape, size: Int, stride: Int, padding: Int = 0, capacity: Int) {
    self.inputShape = inputShape
    pool = SlidingMaxPool(
      inputShape: inputShape, size: size, stride: stride, padding: padding, capacity: capacity)
    outputShape = pool.outputShape
    output = Tensor(outputShape, capacity: capacity)
  }

  /// The output for a batch; see `Layer`.
  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    pool.forward(input, into: output)
    return output
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.elementCount == output.elementCount)
    guard wantsInputGradient else { return nil }
    pool.backward(outputGradient, into: inputGradient)
    return inputGradient
  }
}
