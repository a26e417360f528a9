extension LayerBuilder {
  /// Linear layers, the hidden ones with a ReLU.
  mutating func appendMLP(_ options: MLPOptions, features: Int) throws {
    for width in options.hidden { try appendLinear("hidden", width, isRectified: true) }
    try appendLinear("features", features, isRectified: options.finalReLU)
  }
}
