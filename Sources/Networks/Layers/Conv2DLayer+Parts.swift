import Tensors

extension Conv2DLayer {
  /// One convolution, and the bias if there is one.
  public func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart]
  {
    let places = output.elementCount / outputShape[2]
    return [
      LayerPart(
        .product(
          multiplyAdds: places * weight.shape.elementCount, input: input.elementCount,
          weights: parameters.elementCount,
          output: output.elementCount, keptFloats: output.elementCount,
          wantsInputGradient: wantsInputGradient))
    ]
  }
}
