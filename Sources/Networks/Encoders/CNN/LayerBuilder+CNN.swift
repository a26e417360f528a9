import Tensors

extension LayerBuilder {
  /// Stages of convolution, norm, ReLU and pooling, then a linear layer.
  mutating func appendCNN(_ options: CNNOptions, features: Int) throws {
    guard inputShape.rank == 3 || inputShape.rank == 2, inputShape.elementCount > 0 else {
      throw NetworkError.needsImage(encoder: "cnn", inputShape: inputShape)
    }
    if inputShape.rank == 2 { shape = [inputShape[0], inputShape[1], 1] }
    blockCount = options.channels.count
    for (index, filters) in options.channels.enumerated() {
      depth = index + 1
      try appendConvolution(options, filters: filters, stage: index + 1)
      switch options.norm {
      case .batch:
        append("norm", BatchNormLayer(inputShape: shape, capacity: capacity, rectified: true))
      case .none:
        append("relu", ReLULayer(inputShape: shape, capacity: capacity))
      }
      try appendPooling(options, stage: index + 1)
    }
    depth = nil
    try appendLinear("features", features, isRectified: options.finalReLU)
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
}
