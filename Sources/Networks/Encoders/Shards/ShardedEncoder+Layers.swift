import Tensors

extension ShardedEncoder {
  /// The forward passes of all shards, layer by layer: norms that take their statistics over all of them wait
  /// for each other. The features of each; nil: an empty shard has none.
  func forwardTogether(_ inputs: [Tensor?], _ together: SynchronisedNorms) throws -> [Tensor?] {
    var tensors = inputs
    if !beginsBehindFrozen {
      for (index, encoder) in encoders.enumerated() {
        tensors[index] = tensors[index].map { encoder.forwardFrozen($0) }
      }
    }
    for place in first.layers.indices.dropFirst(first.frozenLayerCount) {
      let layers = encoders.map { $0.layers[place] }
      guard let normed = normed(layers) else {
        for (index, layer) in layers.enumerated() {
          tensors[index] = tensors[index].map { layer.forward($0, mode: .training) }
        }
        continue
      }
      for piece in normed[0].seen.indices {
        for (layer, input) in zip(normed, tensors) {
          if let input { _ = layer.forward(piece: piece, input, mode: .training) }
        }
        try together.uniteMoments(normed.map { $0.seen[piece] })
      }
      for (index, layer) in normed.enumerated() {
        tensors[index] = tensors[index].flatMap {
          layer.forward(piece: layer.seen.count, $0, mode: .training)
        }
      }
    }
    return tensors
  }

  /// The backward passes of a layer of all shards that are computed at a time: from the gradients with respect
  /// to its outputs to those with respect to its inputs. An empty shard has none.
  func backward(layer place: Int, _ gradients: [Tensor?], isEmpty: [Bool]) throws -> [Tensor?] {
    let layers = encoders.map { $0.layers[place] }
    guard let together = statistics?.synchronised, let normed = normed(layers) else {
      return zip(encoders, gradients).map { encoder, gradient in
        gradient.flatMap { encoder.backward(layer: place, $0) }
      }
    }
    let wantsInputGradient = place > first.frozenLayerCount
    func pass(_ piece: Int) -> [Tensor?] {
      zip(normed, gradients).map { layer, gradient in
        gradient.flatMap {
          layer.backward(piece: piece, $0, wantsInputGradient: wantsInputGradient)
        }
      }
    }
    for piece in normed[0].summed.indices {
      _ = pass(piece)
      try together.uniteGradients(normed.map { $0.summed[piece] }, isEmpty: isEmpty)
    }
    return pass(normed[0].summed.count)
  }

  /// The layers as ones with norms; nil: they have none.
  private func normed(_ layers: [any Layer]) -> [any NormedLayer]? {
    let normed = layers.compactMap { $0 as? any NormedLayer }
    return normed.count == layers.count ? normed : nil
  }
}
