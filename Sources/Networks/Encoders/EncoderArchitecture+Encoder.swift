import Tensors

extension EncoderArchitecture {
  /// An encoder of this architecture from samples of `inputShape` to `features` numbers, for
  /// batches of up to `capacity` samples, its weights drawn from `generator`.
  ///
  /// An mlp takes any shape; a cnn takes `[H, W, C]`, or `[H, W]` as one channel, and so does a
  /// transformer of pictures; one of texts takes `[T]`; a resnet18 takes images or, with `frames`,
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
    return Encoder(
      inputShape: inputShape, layers: layers, gradients: gradients, generator: &generator)
  }

  /// The number of floats that training moves in each layer of an encoder from samples of
  /// `inputShape` to `features` numbers. Draws no weights. Throws as `makeEncoder` does.
  public func parameterCounts(inputShape: Shape, features: Int) throws -> [Int] {
    try size(inputShape: inputShape, features: features).parameterCounts
  }

  /// The size of an encoder from samples of `inputShape` to `features` numbers. Draws no weights.
  /// Throws as `makeEncoder` does.
  public func size(inputShape: Shape, features: Int) throws -> EncoderSize {
    let layers = try makeLayers(
      inputShape: inputShape, features: features, capacity: 1,
      generator: SeededGenerator(seed: 0, stream: "unused"))
    var input = Tensor(inputShape, capacity: 1)
    var activationCount = 0
    for (_, layer) in layers {
      let output = Tensor(layer.outputShape, capacity: 1)
      let kept = layer.parts(from: input, to: output, wantsInputGradient: true)
        .reduce(0) { $0 + $1.cost.keptByteCount }
      activationCount += max(output.stride, kept / MemoryLayout<Float>.stride)
      input = output
    }
    return EncoderSize(
      parameterCounts: layers.map { $0.layer.parameters.elementCount },
      activationCount: activationCount)
  }

  private func makeLayers(
    inputShape: Shape, features: Int, capacity: Int, generator: SeededGenerator
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
    }
    return builder.layers
  }
}

/// What an encoder takes, in floats.
public struct EncoderSize: Sendable, Equatable {
  /// What training moves in each layer.
  public let parameterCounts: [Int]
  /// What the layers keep of one sample between its forward pass and its backward pass.
  public let activationCount: Int
}

/// Throws unless `value` is a number that sizes can be multiplied with.
func requirePositive(_ option: String, _ value: Int, atMost limit: Int = 1 << 24) throws {
  guard (1...limit).contains(value) else {
    throw NetworkError.badOption(option, value: value, allowed: "from 1 to \(limit)")
  }
}

/// Appends layers, each to the shape that the one before gives.
struct LayerBuilder {
  private(set) var layers: [(name: String, layer: any Layer)] = []

  let inputShape: Shape
  let capacity: Int
  private(set) var shape: Shape
  private var counts: [String: Int] = [:]

  init(inputShape: Shape, capacity: Int) {
    self.inputShape = inputShape
    self.capacity = capacity
    shape = inputShape
  }

  mutating func appendMLP(_ options: MLPOptions, features: Int) throws {
    for width in options.hidden { try appendLinear("hidden", width, isRectified: true) }
    try appendLinear("features", features, isRectified: options.finalReLU)
  }

  mutating func appendCNN(_ options: CNNOptions, features: Int) throws {
    guard inputShape.rank == 3 || inputShape.rank == 2, inputShape.elementCount > 0 else {
      throw NetworkError.needsImage(encoder: "cnn", inputShape: inputShape)
    }
    if inputShape.rank == 2 { shape = [inputShape[0], inputShape[1], 1] }
    for (index, filters) in options.channels.enumerated() {
      try appendConvolution(options, filters: filters, stage: index + 1)
      switch options.norm {
      case .batch:
        append("norm", BatchNormLayer(inputShape: shape, capacity: capacity, rectified: true))
      case .none:
        append("relu", ReLULayer(inputShape: shape, capacity: capacity))
      }
      try appendPooling(options, stage: index + 1)
    }
    try appendLinear("features", features, isRectified: options.finalReLU)
  }

  mutating func append(_ kind: String, _ layer: any Layer) {
    counts[kind, default: 0] += 1
    layers.append(("\(kind)\(counts[kind, default: 0])", layer))
    shape = layer.outputShape
  }

  mutating func appendLinear(_ option: String, _ width: Int, isRectified: Bool) throws {
    try requirePositive(option, width)
    let inputs = shape.elementCount
    guard inputs > 0 else {
      throw NetworkError.badOption("the input size", value: 0, allowed: "at least 1")
    }
    try requireSize("the weight of a linear layer", [width, inputs])
    try requireSize("the output of a linear layer", [capacity, width])
    let initialiser: Parameter.Initialiser =
      isRectified ? .heNormal(fanIn: inputs) : .xavierNormal(fanIn: inputs, fanOut: width)
    append(
      "linear",
      LinearLayer(
        inputShape: shape, outputCount: width, capacity: capacity, initialiser: initialiser,
        rectified: isRectified))
  }

  private mutating func appendConvolution(
    _ options: CNNOptions, filters: Int, stage: Int
  ) throws {
    let kernel = options.kernel
    try requirePositive("channels", filters)
    try requirePositive("kernel", kernel, atMost: 1 << 12)
    try requirePositive("stride", options.stride, atMost: 1 << 12)
    let padding = options.padding ?? kernel / 2
    guard (0...(1 << 12)).contains(padding) else {
      throw NetworkError.badOption("padding", value: padding, allowed: "from 0 to \(1 << 12)")
    }
    guard min(shape[0], shape[1]) + 2 * padding >= kernel else {
      throw NetworkError.kernelTooLarge(
        stage: stage, kernel: kernel, padding: padding, image: shape, inputShape: inputShape)
    }
    let (height, width) = (shape[0] + 2 * padding, shape[1] + 2 * padding)
    let outHeight = (height - kernel) / options.stride + 1
    let outWidth = (width - kernel) / options.stride + 1
    try requireSize("the weight of stage \(stage)", [filters, kernel, kernel, shape[2]])
    try requireSize("a padded image of stage \(stage)", [height, width, shape[2]])
    try requireSize("a patch matrix of stage \(stage)", [1024, kernel, kernel, shape[2]])
    try requireSize("the output of stage \(stage)", [capacity, outHeight, outWidth, filters])
    append(
      "conv",
      Conv2DLayer(
        inputShape: shape, filters: filters, kernel: kernel, stride: options.stride,
        padding: padding, hasBias: options.norm == .none, capacity: capacity))
  }

  private mutating func appendPooling(_ options: CNNOptions, stage: Int) throws {
    let size = options.poolSize
    guard options.pooling != .none else { return }
    let limit = options.pooling == .max ? MaxPool2DLayer.largestSize : 1 << 12
    try requirePositive("pool_size", size, atMost: limit)
    guard min(shape[0], shape[1]) >= size else {
      throw NetworkError.pooledAway(
        stage: stage, poolSize: size, image: shape, inputShape: inputShape)
    }
    switch options.pooling {
    case .max: append("pool", MaxPool2DLayer(inputShape: shape, size: size, capacity: capacity))
    case .mean: append("pool", MeanPool2DLayer(inputShape: shape, size: size, capacity: capacity))
    case .none: break
    }
  }

  /// Throws unless the product of `factors` is a size that matrix products can index.
  func requireSize(_ array: String, _ factors: [Int]) throws {
    var size = 1
    for factor in factors {
      let (product, overflows) = size.multipliedReportingOverflow(by: factor)
      guard !overflows, product <= Int(Int32.max) else {
        throw NetworkError.tooLarge(array: array, inputShape: inputShape)
      }
      size = product
    }
  }
}
