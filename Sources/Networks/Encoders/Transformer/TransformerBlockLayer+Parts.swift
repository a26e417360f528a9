import Tensors

extension TransformerBlockLayer {
  /// The products, attention, norms, GELU and the sum of a block. Kept are queries, keys and values
  /// with their product, the hidden layer before GELU with its product, `s`, and post-norm `t`, with
  /// the norm that makes it, and the output with the sum or the last norm.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    let rows = input.count
    let (narrow, hidden) = (rows * options.width, rows * options.hidden)
    let statistics = 2 * rows
    // Back, a norm reads its input and a gradient, and before a branch the residual's gradient, and
    // writes one.
    let norms: (LayerCost, LayerCost) =
      switch options.norm {
      case .pre:
        (
          .pass(forward: 2 * narrow, backward: 4 * narrow, keptFloats: statistics),
          .pass(forward: 4 * narrow, backward: 4 * narrow, keptFloats: narrow + statistics)
        )
      case .post:
        (
          .pass(forward: 4 * narrow, backward: 3 * narrow, keptFloats: narrow + statistics),
          .pass(forward: 4 * narrow, backward: 3 * narrow, keptFloats: 2 * narrow + statistics)
        )
      }
    let sum = LayerPart("sum", .pass(forward: 3 * narrow, backward: 0, keptFloats: narrow))
    return [
      LayerPart("norm1", norms.0),
      LayerPart("attn.qkv", queriesKeysValues.cost(rows, keptFloats: 3 * narrow)),
      LayerPart("attention", shared.product.cost(self.rows)),
      LayerPart("attn.proj", projection.cost(rows, keptFloats: 0)),
      LayerPart("norm2", norms.1),
      LayerPart("mlp.fc1", expansion.cost(rows, keptFloats: hidden)),
      LayerPart("gelu", .pass(forward: 2 * hidden, backward: 4 * hidden)),
      LayerPart("mlp.fc2", contraction.cost(rows, keptFloats: 0)),
    ] + (options.norm == .pre ? [sum] : [])
  }
}

extension ScaledDotProduct {
  /// Scores and their product with the values; back, two products for the gradients of each.
  func cost(_ rows: TokenRows) -> LayerCost {
    let products = (0..<rows.sampleCount).reduce(0) { sum, sample in
      sum + 2 * rows[sample].count * rows[sample].count * width
    }
    let floats = rows.rowCount * width
    return LayerCost(
      forward: .init(multiplyAdds: products, floats: 4 * floats),
      backward: .init(multiplyAdds: 2 * products, floats: 7 * floats), keptFloats: 0)
  }
}

extension AffineMap {
  /// The product of so many rows with the weight, and the bias.
  func cost(_ rows: Int, keptFloats: Int, wantsInputGradient: Bool = true) -> LayerCost {
    .product(
      multiplyAdds: rows * weight.shape.elementCount, input: rows * weight.shape[1],
      weights: weight.shape.elementCount + bias.shape.elementCount, output: rows * weight.shape[0],
      keptFloats: keptFloats, wantsInputGradient: wantsInputGradient)
  }
}
