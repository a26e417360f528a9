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
    product.forward(input.values, rows, samples: 0..<rows.sampleCount, into: output.values)
    return output
  }

  /// The gradients by the parameters and, where it is wanted, by the input; see `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(outputGradient.count == input.count)
    guard wantsInputGradient else { return nil }
    let gradient = inputGradient.rows(input.count)
    product.backward(
      input.values, outputGradient: outputGradient.values, rows, into: gradient.values,
      output: recomputed.rows(input.count).values)
    return gradient
  }
}
