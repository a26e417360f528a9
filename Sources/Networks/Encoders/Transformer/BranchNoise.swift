import Tensors

/// What training does to the branch of a residual connection before it is added: dropout, then
/// stochastic depth (Huang et al., 2016): the whole branch of a sample is left out with a
/// probability, or divided by that of staying.
struct BranchNoise {
  /// What was drawn for one pass; the backward pass uses it again.
  struct Draw {
    var dropoutSeed: UInt64 = 0
    var depthSeed: UInt64 = 0
  }

  let dropout: Dropout
  /// The probability that a sample's branch is left out, in `[0, 1)`.
  let stochasticDepth: Double

  var isActive: Bool { dropout.isActive || stochasticDepth > 0 }

  /// What the next pass uses.
  func draw(from stream: RandomStream) -> Draw {
    guard isActive else { return Draw() }
    return Draw(dropoutSeed: stream.generator.next(), depthSeed: stream.generator.next())
  }

  /// Applies a draw to a branch, or to the gradient with respect to it: `[rows, width]`, in place.
  func apply(_ draw: Draw, to values: Buffer<Float>, _ rows: TokenRows, width: Int) {
    precondition(values.count == rows.rowCount * width)
    dropout.apply(values, seed: draw.dropoutSeed)
    guard stochasticDepth > 0 else { return }
    var generator = SeededGenerator(seed: draw.depthSeed, stream: "stochastic depth")
    for sample in 0..<rows.sampleCount {
      let isKept = generator.uniform() >= stochasticDepth
      let place = rows[sample]
      Elementwise.scale(
        values[place.lowerBound * width..<place.upperBound * width],
        by: isKept ? Float(1 / (1 - stochasticDepth)) : 0)
    }
  }
}
