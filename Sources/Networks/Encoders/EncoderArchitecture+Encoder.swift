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
  /// - Parameters:
  ///   - gradients: `OptimizerOptions.gradientMemory` is what training needs.
  ///   - training: which layers do not move, and how fast the others do.
  ///   - memory: where the arrays are that training moves.
  public func makeEncoder(
    inputShape: Shape, features: Int, capacity: Int, gradients: GradientMemory = .whole,
    training: EncoderTraining = .init(), memory: ParameterMemory = .own,
    generator: inout SeededGenerator
  ) throws -> Encoder {
    let encoder = try makeEncoder(
      inputShape: inputShape, features: features, capacity: capacity, gradients: gradients,
      training: training, memory: memory, drawingFrom: generator)
    encoder.store.initialise(from: &generator)
    return encoder
  }

  /// The same for weights from elsewhere: all are zero, and dropout draws from the streams of seed 0.
  public func makeEncoder(
    inputShape: Shape, features: Int, capacity: Int, gradients: GradientMemory = .whole,
    training: EncoderTraining = .init(), memory: ParameterMemory = .own
  ) throws -> Encoder {
    try makeEncoder(
      inputShape: inputShape, features: features, capacity: capacity, gradients: gradients,
      training: training, memory: memory, drawingFrom: nil)
  }

  private func makeEncoder(
    inputShape: Shape, features: Int, capacity: Int, gradients: GradientMemory,
    training: EncoderTraining, memory: ParameterMemory, drawingFrom generator: SeededGenerator?
  ) throws -> Encoder {
    let builder = try build(
      inputShape: inputShape, features: features, capacity: capacity, freeze: training.freeze,
      generator: generator)
    let (depths, blockCount) = (builder.depths, builder.blockCount)
    return Encoder(
      inputShape: inputShape, layers: builder.layers, gradients: gradients,
      frozen: try training.frozenCount(depths, blockCount: blockCount),
      rates: training.rates(depths, blockCount: blockCount), memory: memory)
  }

  /// The number of floats that training moves in each layer of an encoder from samples of
  /// `inputShape` to `features` numbers: none in frozen ones. Takes no memory. Throws as `makeEncoder`
  /// does.
  public func parameterCounts(
    inputShape: Shape, features: Int, training: EncoderTraining = .init()
  ) throws -> [Int] {
    try MemoryPlan().counting {
      let builder = try build(inputShape: inputShape, features: features, capacity: 1)
      let frozen = try training.frozenCount(builder.depths, blockCount: builder.blockCount)
      return builder.layers.enumerated().map { index, next in
        index < frozen ? 0 : next.layer.parameters.elementCount
      }
    }
  }

  private func build(
    inputShape: Shape, features: Int, capacity: Int, freeze: EncoderTraining.Freeze = .nothing,
    generator: SeededGenerator? = nil
  ) throws -> LayerBuilder {
    var builder = LayerBuilder(inputShape: inputShape, capacity: capacity)
    try requirePositive("features", features)
    try requirePositive("the batch size", capacity)
    switch self {
    case .mlp(let options): try builder.appendMLP(options, features: features)
    case .cnn(let options): try builder.appendCNN(options, features: features)
    case .resnet18(let options): try builder.appendResNet(options, features: features)
    case .transformer(let options):
      try builder.appendTransformer(
        options, features: features, freeze: freeze, generator: generator)
    case .bagOfWords(let options): try builder.appendBagOfWords(options, features: features)
    case .standIn(let options): try builder.appendStandIn(options, features: features)
    }
    return builder
  }
}
