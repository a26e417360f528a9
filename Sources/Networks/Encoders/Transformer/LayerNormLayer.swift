import Tensors

/// Layer normalisation of each sample's last axis (Ba, Kiros and Hinton, 2016), as PyTorch does it.
public final class LayerNormLayer: Layer {
  /// The shape of one sample of the output.
  public let outputShape: Shape
  /// What is trained, in a fixed order.
  public var parameters: [Parameter] { norm.parameters }
  /// `[width]`, one at first.
  public var weight: Parameter { norm.weight }
  /// `[width]`, zero at first.
  public var bias: Parameter { norm.bias }

  /// The input and its statistics last.
  public let repeatsBackward = true

  private let width: Int
  private let norm: NormRows
  private let output: RowStorage
  private let inputGradient: RowStorage
  private var remembered: Tensor?

  /// A norm over the last axis of `inputShape`, with `epsilon` added to the variance; nil: 1e-5.
  public init(inputShape: Shape, epsilon: Double? = nil) {
    precondition(inputShape.rank > 0)
    outputShape = inputShape
    width = inputShape[inputShape.rank - 1]
    norm = NormRows("", width: width, epsilon: epsilon ?? NormRows.standardEpsilon)
    output = RowStorage(inputShape)
    inputGradient = RowStorage(inputShape)
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == outputShape.elementCount, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    let output = output.rows(input.count)
    norm.forward(input.held, into: output.held, rows: input.elementCount / width)
    return output
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.elementCount == input.elementCount)
    let gradient = inputGradient.rows(input.count)
    norm.backward(
      input.held, outputGradient.held, residual: nil, into: gradient.held,
      rows: input.elementCount / width)
    return wantsInputGradient ? gradient : nil
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    _ = (output.rows(count), inputGradient.rows(count))
    norm.reserve(rows: count * output.rowShape.elementCount / width)
    return count
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    _ = output.rows(count)
    norm.reserveStatistics(rows: count * output.rowShape.elementCount / width)
    return count
  }
}
