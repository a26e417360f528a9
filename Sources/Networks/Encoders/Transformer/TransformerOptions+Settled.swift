extension TransformerOptions {
  /// The same with everything written out that was left to its size or its input.
  public var settled: TransformerOptions {
    var settled = self
    let (width, depth, heads, hidden) = sizes
    (settled.width, settled.depth, settled.heads, settled.hidden) = (width, depth, heads, hidden)
    settled.positions = positions ?? (input == .text ? .learned : .fixed)
    settled.hasClassToken = beginsWithClass
    settled.classPosition = classPosition ?? false
    settled.embeddingNorm = embeddingNorm ?? false
    settled.norm = norm ?? .pre
    settled.epsilon = epsilon ?? NormRows.standardEpsilon
    settled.pooling = pooling ?? .mean
    settled.gelu = gelu ?? .erf
    return settled
  }
}
