import Tensors

/// Scaled dot-product self-attention as a layer of its own: rows `[3 * width]` of queries, keys and
/// values to rows `[width]`. Tokens see the tokens of their own sample, as `rows` has them.
public final class AttentionLayer: Layer {
  /// The shape of one sample of the output.
  public let outputShape: Shape

  let rows: TokenRows
  let product: ScaledDotProduct
  private let output: RowStorage
  private let inputGradient: RowStorage
  private let recomputed: RowStorage
  private var remembered: Tensor?

  /// Attention with `heads` heads, of width `width / heads` each.
  public init(width: Int, heads: Int, rows: TokenRows) {
    self.rows = rows
    product = ScaledDotProduct(width: width, heads: heads)
    outputShape = [width]
    output = RowStorage([width])
    inputGradient = RowStorage([3 * width])
    recomputed = RowStorage([width])
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.count == rows.rowCount && input.stride == 3 * product.width)
    remembered = mode == .training ? input : nil
    let output = output.rows(input.count)
    product.forward(input.held, rows, samples: 0..<rows.sampleCount, into: output.held)
    return output
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.count == input.count)
    guard wantsInputGradient else { return nil }
    let gradient = inputGradient.rows(input.count)
    product.backward(
      input.held, outputGradient: outputGradient.held, rows, into: gradient.held,
      output: recomputed.rows(input.count).held)
    return gradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    _ = output.rows(count)
    product.reserve(rows)
    if wantsInputGradient { _ = (inputGradient.rows(count), recomputed.rows(count)) }
    return count
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    _ = output.rows(count)
    product.reserveForward(rows)
    return count
  }
}
