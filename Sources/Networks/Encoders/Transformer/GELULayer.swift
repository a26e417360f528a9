import Tensors

/// The Gaussian error linear unit (Hendrycks and Gimpel, 2016): `y = x * Phi(x)`.
public final class GELULayer: Layer {
  /// How Phi, the normal distribution function, is computed.
  public enum Form: String, Sendable, CaseIterable {
    /// Exactly, to the last digits of float32.
    case erf
    /// By the hyperbolic tangent of the paper's section 2.
    case tanh
  }

  /// The shape of one sample of the output.
  public let outputShape: Shape

  private let form: Form
  private let zeros: Tensor
  private let output: RowStorage
  private let inputGradient: RowStorage
  private let sums: Tensor
  private var remembered: Tensor?

  /// The unit for samples of `inputShape`.
  public init(inputShape: Shape, form: Form = .erf) {
    outputShape = inputShape
    self.form = form
    zeros = Tensor(inputShape, capacity: 1)
    sums = Tensor(inputShape, capacity: 1)
    output = RowStorage(inputShape)
    inputGradient = RowStorage(inputShape)
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == outputShape.elementCount, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    let output = output.rows(input.count)
    RowKernels.gelu(
      input.held, zeros.held, into: output.held, rows: input.count, columns: input.stride,
      isTanh: form == .tanh ? 1 : 0)
    return output
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.elementCount == input.elementCount)
    guard wantsInputGradient else { return nil }
    let gradient = inputGradient.rows(input.count)
    Elementwise.copy(outputGradient.held, to: gradient.held)
    RowKernels.geluGradient(
      input.held, zeros.held, gradient.held, output: output.tensor.held,
      biasGradient: sums.held, rows: input.count, columns: input.stride,
      isTanh: form == .tanh ? 1 : 0)
    return gradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    _ = output.rows(count)
    if wantsInputGradient { _ = inputGradient.rows(count) }
    return count
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    reserve(count, wantsInputGradient: false)
  }
}
