import CKernels
import Tensors

/// The rectifier `y = max(x, 0)`; its derivative at 0 is 0. NaN passes, so that the loss shows it.
public final class ReLULayer: Layer {
  /// The input's shape.
  public let outputShape: Shape

  /// The output lasts.
  public let repeatsBackward = true

  private let output: Tensor
  private lazy var inputGradient = Tensor(outputShape, capacity: output.capacity)

  /// A rectifier of samples of `inputShape`.
  public init(inputShape: Shape, capacity: Int) {
    outputShape = inputShape
    output = Tensor(inputShape, capacity: capacity)
  }

  /// `max(x, 0)`, element by element.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == output.stride, "input \(input.sampleShape)")
    output.count = input.count
    Threads.split(input.elementCount, grain: Elementwise.grain, work: 2) { range, _ in
      let first = range.lowerBound
      values_rectify(input.values + first, output.values + first, range.count)
    }
    return output
  }

  /// The gradient where the output was above 0, zero elsewhere.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.elementCount == output.elementCount)
    guard wantsInputGradient else { return nil }
    inputGradient.count = output.count
    let gradient = inputGradient
    Threads.split(output.elementCount, grain: Elementwise.grain, work: 3) { range, _ in
      let first = range.lowerBound
      values_rectify_gradient(
        output.values + first, outputGradient.values + first, gradient.values + first, range.count)
    }
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}
