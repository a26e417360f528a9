import Tensors

extension Encoder {
  /// The batch norms whose statistics move in training.
  var movingNorms: [ChannelNorm] { layers[frozenLayerCount...].flatMap(\.norms) }

  /// The least rows that a batch norm that moves sees of `samples` samples; nil: there is none. Takes the
  /// memory of training with so many.
  public func leastNormRows(of samples: Int) -> Int? {
    var (count, least) = (samples, Int?.none)
    for (index, layer) in layers.enumerated() {
      guard index >= frozenLayerCount else {
        count = layer.reserve(evaluating: count)
        continue
      }
      count = layer.reserve(count, wantsInputGradient: index > frozenLayerCount)
      for norm in layer.norms { least = min(least ?? .max, count * norm.places) }
    }
    return least
  }
}
