import Tensors

extension ResidualBlock {
  func reserve(evaluating count: Int) -> Int {
    convolution1.reserve(evaluating: count, isNormed: false)
    convolution2.reserve(evaluating: count, isNormed: true)
    downsample?.convolution.reserve(evaluating: count, isNormed: false)
    return count
  }

  func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart] {
    let floats = output.elementCount
    // Statistics on the way there; on the way back two arrays are read, and one of them written.
    let norm = LayerCost.pass(forward: floats, backward: 3 * floats)
    var parts = [
      LayerPart("conv1", convolution1.cost(input.count, wantsInputGradient: wantsInputGradient)),
      LayerPart("norm1", norm),
      LayerPart("conv2", convolution2.cost(input.count)),
    ]
    if let downsample {
      let cost = downsample.convolution.cost(input.count, wantsInputGradient: wantsInputGradient)
      parts.append(LayerPart("downsample.conv", cost))
      parts.append(LayerPart("downsample.norm", norm))
    }
    // Two arrays to one; back, three are read and two written.
    let sum = LayerCost.pass(forward: 3 * floats, backward: 5 * floats, keptFloats: floats)
    parts.append(LayerPart("norm2, sum", sum))
    return parts
  }
}

extension ResidualStem {
  func parts(from input: Tensor, to output: Tensor, wantsInputGradient: Bool) -> [LayerPart] {
    let convolved = output.count * convolution.outputShape.elementCount
    // Pooling keeps a byte for each window: which value was the largest.
    var pool = LayerCost.pass(
      forward: convolved + output.elementCount, backward: 2 * convolved + output.elementCount,
      keptFloats: output.elementCount)
    pool.keptByteCount += output.elementCount
    return [
      LayerPart("conv", convolution.cost(output.count, wantsInputGradient: wantsInputGradient)),
      LayerPart("norm, pool", pool),
    ]
  }
}

extension BlockConvolution {
  /// The cost for `count` images, whose output is kept.
  fileprivate func cost(_ count: Int, wantsInputGradient: Bool = true) -> LayerCost {
    let places = outputShape[0] * outputShape[1]
    return .product(
      multiplyAdds: count * places * weight.shape.elementCount,
      input: count * inputShape.elementCount, weights: weight.shape.elementCount,
      output: count * outputShape.elementCount, keptFloats: count * outputShape.elementCount,
      wantsInputGradient: wantsInputGradient)
  }
}
