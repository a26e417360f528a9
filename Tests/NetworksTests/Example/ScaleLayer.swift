import Networks
import Tensors

/// A factor for each number of a sample: `y = scale * x`.
final class ScaleLayer: Layer {
  let outputShape: Shape
  var parameters: [Parameter] { [scale] }
  /// The shape of a sample, one at first.
  let scale: Parameter

  private let output: Tensor
  private lazy var inputGradient = Tensor(outputShape, capacity: output.capacity)
  private var remembered: Tensor?

  /// Factors for samples of `inputShape`, in batches of up to `capacity`.
  init(inputShape: Shape, capacity: Int) {
    outputShape = inputShape
    scale = Parameter("scale", inputShape, .constant(1))
    output = Tensor(inputShape, capacity: capacity)
  }

  func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == output.stride, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    output.count = input.count
    let factors = scale.values
    for sample in 0..<input.count {
      let (x, y) = (input.buffer(of: sample), output.buffer(of: sample))
      for place in 0..<output.stride { y[place] = factors[place] * x[place] }
    }
    return output
  }

  func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    let (factors, gradients) = (scale.values, scale.gradients)
    gradients.update(repeating: 0)
    inputGradient.count = input.count
    for sample in 0..<input.count {
      let (x, dx) = (input.buffer(of: sample), inputGradient.buffer(of: sample))
      let dy = outputGradient.buffer(of: sample)
      for place in 0..<output.stride {
        gradients[place] += dy[place] * x[place]
        dx[place] = dy[place] * factors[place]
      }
    }
    return wantsInputGradient ? inputGradient : nil
  }
}
