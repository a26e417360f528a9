import Tensors

/// An affine map of the flattened sample: `y = W x + b`, `W [out, in]`, `b [out]`; on request
/// followed by a ReLU, in the same pass over memory as the bias.
public final class LinearLayer: Layer {
  /// `[out]`.
  public let outputShape: Shape
  /// `weight`, then `bias`.
  public var parameters: [Parameter] { [weight, bias] }
  /// `[out, in]`.
  public let weight: Parameter
  /// `[out]`, zero at first.
  public let bias: Parameter

  /// Input and output last.
  public let repeatsBackward = true

  private let inputShape: Shape
  private let output: Tensor
  private let rectified: Bool
  private lazy var sumGradient = Tensor(outputShape, capacity: output.capacity)
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)
  private var remembered: Tensor?

  /// A map to `outputCount` numbers. Weights start as `initialiser` says; without one as He et al.
  /// recommend for a layer before a ReLU. `rectified` puts that ReLU into this layer.
  public init(
    inputShape: Shape, outputCount: Int, capacity: Int,
    initialiser: Parameter.Initialiser? = nil, rectified: Bool = false
  ) {
    self.rectified = rectified
    self.inputShape = inputShape
    outputShape = Shape([outputCount])
    let inputCount = inputShape.elementCount
    weight = Parameter(
      "weight", [outputCount, inputCount], initialiser ?? .heNormal(fanIn: inputCount))
    bias = Parameter("bias", [outputCount], .constant(0))
    output = Tensor(outputShape, capacity: capacity)
  }

  /// `Y [n, out] = X W^T + b`, or the rectified.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    output.count = input.count
    BLAS.multiply(
      input.held, transposed: false, weight.values, transposed: true, into: output.held,
      m: input.count, n: output.stride, k: input.stride)
    if rectified {
      RowKernels.rectify(output.held, bias.values, rows: input.count, columns: output.stride)
    } else {
      RowKernels.addBias(output.held, bias.values, rows: input.count, columns: output.stride)
    }
    return output
  }

  /// The gradient `dY^T X` of the weights and the column sums of `dY`; on request `dY W`. With a
  /// ReLU, `dY` is zero where the output is.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    let (count, inputs, outputs) = (input.count, input.stride, output.stride)
    precondition(outputGradient.count == count && outputGradient.stride == outputs)
    var gradient = outputGradient.held
    if rectified {
      sumGradient.count = count
      gradient = sumGradient.held
      RowKernels.rectifyGradient(
        output.held, outputGradient.held, into: gradient, sums: bias.gradients, rows: count,
        columns: outputs)
    } else {
      RowKernels.columnSums(gradient, into: bias.gradients, rows: count, columns: outputs)
    }
    BLAS.multiply(
      gradient, transposed: true, input.held, into: weight.gradients, m: outputs, n: inputs,
      k: count)
    guard wantsInputGradient else { return nil }
    inputGradient.count = count
    BLAS.multiply(
      gradient, weight.values, into: inputGradient.held, m: count, n: inputs, k: outputs)
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    if rectified { _ = sumGradient }
    if wantsInputGradient { _ = inputGradient }
    return count
  }
}
