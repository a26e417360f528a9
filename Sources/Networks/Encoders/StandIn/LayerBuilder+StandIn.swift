extension LayerBuilder {
  /// One layer that takes time.
  mutating func appendStandIn(_ options: StandInOptions, features: Int) throws {
    try requirePositive("the input size", inputShape.elementCount)
    try requireSize("the output of a stand-in", [capacity, features])
    append(
      "rest",
      StandInLayer(
        inputShape: shape, outputCount: features, capacity: capacity,
        seconds: options.sampleMilliseconds * 1e-3))
  }
}
