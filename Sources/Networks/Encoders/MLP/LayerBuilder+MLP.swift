extension LayerBuilder {
  /// Linear layers, the hidden ones with a ReLU.
  mutating func appendMLP(_ options: MLPOptions, features: Int) throws {
    blockCount = options.hidden.count
    for (index, width) in options.hidden.enumerated() {
      depth = index + 1
      try appendLinear("hidden", width, isRectified: true)
    }
    depth = nil
    try appendLinear("features", features, isRectified: options.finalReLU)
  }
}
