import Tensors

extension LinearLayer {
  /// One product, and the bias.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    [
      LayerPart(
        .product(
          multiplyAdds: input.count * weight.shape.elementCount, input: input.elementCount,
          weights: weight.shape.elementCount + bias.shape.elementCount,
          output: output.elementCount, keptFloats: output.elementCount,
          wantsInputGradient: wantsInputGradient))
    ]
  }
}
