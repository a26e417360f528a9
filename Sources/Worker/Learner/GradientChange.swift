import Networks
import Tensors

/// What becomes of the gradients of an encoder between its backward pass and its step, in one mini-batch.
public enum GradientChange {
  /// Each tensor's gradient is changed where it is, as soon as it is complete: its number among the encoder's
  /// parameters, and the gradient.
  case tensors((_ parameter: Int, _ gradient: Buffer<Float>) -> Void)
  /// There are two losses. `into` takes the gradients of the first, whose feature gradient the step is given;
  /// the encoder then holds those of the second, `[n, D]` with respect to the features, and the last function
  /// makes of both what the encoder moves along. Needs whole gradients.
  case both(second: Tensor, into: Buffer<Float>, (_ first: Buffer<Float>) -> Void)
}

extension ModalityLearner {
  /// The backward pass with what the mini-batch changes of its gradients.
  func passBackward(
    _ featureGradient: Tensor, then use: (Range<Int>) throws -> Void
  ) throws {
    switch change {
    case nil: try network.backward(featureGradient, then: use)
    case .tensors(let change):
      try network.backward(featureGradient) { layer in
        for (index, range) in encoder.store.parameterRanges.enumerated()
        where layer.contains(range.lowerBound) && !range.isEmpty {
          change(index, encoder.store.gradients(of: range))
        }
        try use(layer)
      }
    case .both(let second, let kept, let unite):
      let store = encoder.store
      precondition(store.gradientMemory == .whole, "two losses need whole gradients")
      // Layer by layer, while they are in the cache.
      try network.backward(featureGradient) { layer in
        let place = layer.lowerBound - store.moving.lowerBound
        kept[place..<place + layer.count].update(from: store.gradients(of: layer))
      }
      try network.forwardAgain()
      try network.backward(second) { _ in }
      unite(kept)
      for layer in Array(store.movingLayers).reversed() { try use(layer) }
    }
  }
}
