import CKernels
import Tensors

/// An affine map of the flattened sample: `y = W x + b`, `W [out, in]`, `b [out]`.
public final class LinearLayer: Layer {
  /// `[out]`.
  public let outputShape: Shape
  /// `weight`, then `bias`.
  public var parameters: [Parameter] { [weight, bias] }
  /// `[out, in]`.
  public let weight: Parameter
  /// `[out]`, zero at first.
  public let bias: Parameter

  private let inputShape: Shape
  private let output: Tensor
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)
  private var remembered: Tensor?

  /// A map to `outputCount` numbers. Weights start as `initialiser` says; without one as He et al.
  /// recommend for a layer before a ReLU.
  public init(
    inputShape: Shape, outputCount: Int, capacity: Int, initialiser: Parameter.Initialiser? = nil
  ) {
    self.inputShape = inputShape
    outputShape = Shape([outputCount])
    let inputCount = inputShape.elementCount
    weight = Parameter(
      "weight", [outputCount, inputCount], initialiser ?? .heNormal(fanIn: inputCount))
    bias = Parameter("bias", [outputCount], .constant(0))
    output = Tensor(outputShape, capacity: capacity)
  }

  /// `Y [n, out] = X W^T + b`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    output.count = input.count
    BLAS.multiply(
      input.values, transposed: false, weight.value, transposed: true, into: output.values,
      m: input.count, n: output.stride, k: input.stride)
    layer_add_bias(output.values, bias.value, input.count, output.stride)
    return output
  }

  /// The gradient `dY^T X` of the weights and the column sums of `dY`; on request `dY W`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    let (count, inputs, outputs) = (input.count, input.stride, output.stride)
    precondition(outputGradient.count == count && outputGradient.stride == outputs)
    BLAS.multiply(
      outputGradient.values, transposed: true, input.values, into: weight.gradient, m: outputs,
      n: inputs, k: count)
    layer_column_sums(outputGradient.values, bias.gradient, count, outputs)
    guard wantsInputGradient else { return nil }
    inputGradient.count = count
    BLAS.multiply(
      outputGradient.values, weight.value, into: inputGradient.values, m: count, n: inputs,
      k: outputs)
    return inputGradient
  }
}
