import Tensors

extension EncoderArchitecture {
  /// An encoder of this architecture from samples of `inputShape` to `features` numbers, for
  /// batches of up to `capacity` samples, its weights drawn from `generator`.
  ///
  /// An mlp takes any shape; a cnn takes `[H, W, C]`, or `[H, W]` as one channel, and so does a
  /// transformer of pictures; one of texts takes `[T]`, as a bag_of_words does; a resnet18 takes images or, with `frames`,
  /// videos `[F, H, W, C]`. Layers are named by kind and place: `conv1`, `norm1`, `linear1`. Throws
  /// `NetworkError` if the options do not fit.
  ///
  /// - Parameter gradients: `OptimizerOptions.gradientMemory` is what training needs.
  public func makeEncoder(
    inputShape: Shape, features: Int, capacity: Int, gradients: GradientMemory = .whole,
    generator: inout SeededGenerator
  ) throws -> Encoder {
    let layers = try makeLayers(
      inputShape: inputShape, features: features, capacity: capacity, generator: generator)
    let encoder = Encoder(inputShape: inputShape, layers: layers, gradients: gradients)
    encoder.store.initialise(from: &generator)
    return encoder
  }

  /// The same for weights from elsewhere: all are zero, and dropout draws from the streams of seed 0.
  public func makeEncoder(
    inputShape: Shape, features: Int, capacity: Int, gradients: GradientMemory = .whole
  ) throws -> Encoder {
    let layers = try makeLayers(inputShape: inputShape, features: features, capacity: capacity)
    return Encoder(inputShape: inputShape, layers: layers, gradients: gradients)
  }

  /// The number of floats that training moves in each layer of an encoder from samples of
  /// `inputShape` to `features` numbers. Takes no memory. Throws as `makeEncoder` does.
  public func parameterCounts(inputShape: Shape, features: Int) throws -> [Int] {
    try MemoryPlan().counting {
      try makeLayers(inputShape: inputShape, features: features, capacity: 1)
        .map { $0.layer.parameters.elementCount }
    }
  }

  private func makeLayers(
    inputShape: Shape, features: Int, capacity: Int, generator: SeededGenerator? = nil
  ) throws -> [(name: String, layer: any Layer)] {
    var builder = LayerBuilder(inputShape: inputShape, capacity: capacity)
    try requirePositive("features", features)
    try requirePositive("the batch size", capacity)
    switch self {
    case .mlp(let options): try builder.appendMLP(options, features: features)
    case .cnn(let options): try builder.appendCNN(options, features: features)
    case .resnet18(let options): try builder.appendResNet(options, features: features)
    case .transformer(let options):
      try builder.appendTransformer(options, features: features, generator: generator)
    case .bagOfWords(let options): try builder.appendBagOfWords(options, features: features)
    }
    return builder.layers
  }
}
