import Tensors

extension PatchEmbeddingLayer {
  /// The product of the patches, which are kept, with the weight; places come from parameters.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    let patches = input.count * patchCount
    return [
      LayerPart(
        map.cost(
          patches, keptFloats: patches * map.weight.shape[1] + output.elementCount,
          wantsInputGradient: wantsInputGradient))
    ]
  }
}

extension TokenEmbeddingLayer {
  /// Rows of the table; back, the whole table is written, because most of its gradient is zero.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    let floats = output.elementCount
    let table = parameters.elementCount
    return [
      LayerPart(
        .pass(
          forward: input.elementCount + 2 * floats, backward: floats + table, keptFloats: floats))
    ]
  }
}

extension AttentionLayer {
  /// The products of queries with keys, and of scores with values.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    var cost = product.cost(rows)
    cost.keptByteCount = 4 * output.elementCount
    if !wantsInputGradient { cost.backward = .init(floats: 0) }
    return [LayerPart(cost)]
  }
}
