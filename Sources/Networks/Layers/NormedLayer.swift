import Tensors

/// A layer with batch norms, whose passes are made of pieces: what norms take over all shards of a
/// mini-batch becomes known between two of them.
protocol NormedLayer: Layer {
  /// The norms that have seen their input after each piece of a forward pass but the last.
  var seen: [[ChannelNorm]] { get }
  /// The norms that have summed their gradients after each piece of a backward pass but the last.
  var summed: [[ChannelNorm]] { get }

  /// A piece of `forward`; of the last, the output.
  func forward(piece: Int, _ input: Tensor, mode: Mode) -> Tensor?

  /// A piece of `backward`; of the last, what that returns.
  func backward(piece: Int, _ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor?
}

extension NormedLayer {
  /// All pieces, with the statistics of this batch alone.
  func forwardAlone(_ input: Tensor, mode: Mode) -> Tensor {
    for (piece, norms) in seen.enumerated() {
      _ = forward(piece: piece, input, mode: mode)
      for norm in norms { norm.settle(mode) }
    }
    guard let output = forward(piece: seen.count, input, mode: mode) else {
      preconditionFailure("a forward pass without an output")
    }
    return output
  }

  /// All pieces, with the sums of this batch alone.
  func backwardAlone(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    for (piece, norms) in summed.enumerated() {
      _ = backward(piece: piece, outputGradient, wantsInputGradient: wantsInputGradient)
      for norm in norms { norm.settleGradients() }
    }
    return backward(
      piece: summed.count, outputGradient, wantsInputGradient: wantsInputGradient)
  }
}
