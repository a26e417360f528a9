import Tensors

extension ShardedEncoder {
  /// Turns the gradient of the loss with respect to the features that `forward` gave into that with respect
  /// to every parameter that moves, summed over the shards of this rank in the order of `ShardTree`: in the
  /// first encoder's store.
  ///
  /// An empty shard's gradients are zero.
  ///
  /// - Parameter use: called as soon as the gradients of a layer are complete, as in `Encoder.backward`.
  public func backward(_ featureGradient: Tensor, then use: (Range<Int>) throws -> Void) throws {
    guard shards.count > 1 else { return try first.backward(featureGradient, then: use) }
    for sum in groups.sums {
      try recall(sum.group)
      try backward(sum, featureGradient) { if sum.kept == nil { try use($0) } }
    }
  }

  /// Makes anew what a backward pass has overwritten of the activations that there are.
  func recover() {
    let first = present * encoders.count
    for (index, encoder) in encoders.enumerated() where !rows(first + index).isEmpty {
      encoder.recover()
    }
  }

  /// Moves the running statistics by what the forward pass has seen: at the end of a step.
  public func moveStatistics() throws { try statistics?.move() }

  /// The backward pass of a group's shards, and the sum of what is known of their gradients then.
  private func backward(
    _ sum: ShardGroups.Sum, _ featureGradient: Tensor, _ use: (Range<Int>) throws -> Void
  ) throws {
    let rows = encoders.indices.map { self.rows(sum.group * encoders.count + $0) }
    var gradients: [Tensor?] = rows.map {
      $0.isEmpty ? nil : Tensor(rows: $0, of: featureGradient)
    }
    let (store, isEmpty) = (first.store, rows.map(\.isEmpty))
    for layer in store.layerRanges.indices.dropFirst(first.frozenLayerCount).reversed() {
      let range = store.layerRanges[layer]
      gradients = try backward(layer: layer, gradients, isEmpty: isEmpty)
      for (encoder, isEmpty) in zip(encoders, isEmpty) where isEmpty {
        Elementwise.clear(encoder.store.gradients(of: range))
      }
      guard !range.isEmpty else { continue }
      for addition in additions {
        Elementwise.add(
          encoders[addition.from].store.gradients(of: range),
          to: encoders[addition.into].store.gradients(of: range))
      }
      let place = range.lowerBound - store.moving.lowerBound
      let moved = place..<place + range.count
      for other in sum.taken {
        Elementwise.add(waiting[other][moved], to: store.gradients(of: range))
      }
      if let kept = sum.kept {
        Elementwise.copy(store.gradients(of: range), to: waiting[kept][moved])
      }
      try use(range)
    }
  }
}
