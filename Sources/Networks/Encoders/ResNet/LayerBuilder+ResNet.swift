import Tensors

extension LayerBuilder {
  /// Stem, blocks, mean and, if the width of the last stage is not `features`, a linear map.
  mutating func appendResNet(_ options: ResNetOptions, features: Int) throws {
    let frames = options.frames ?? 1
    try requirePositive("width", options.width, atMost: 1 << 12)
    try requirePositive("blocks", options.blocks, atMost: 64)
    try requirePositive("frames", frames, atMost: 1 << 16)
    let frameShape = try frameShape(options)
    try requireResNetSizes(options, frameShape)

    let images = capacity * frames
    let workspace = Workspace()
    append(
      "stem",
      ResidualStem(
        frameShape: frameShape, frames: frames, filters: options.width, capacity: capacity,
        workspace: workspace))
    var isEven = true
    blockCount = 4
    for stage in 0..<4 {
      depth = stage + 1
      for block in 0..<options.blocks {
        append(
          "block",
          ResidualBlock(
            inputShape: shape, filters: options.width << stage,
            stride: stage > 0 && block == 0 ? 2 : 1, capacity: images, isEven: isEven,
            workspace: workspace))
        isEven.toggle()
      }
    }
    depth = blockCount + 1
    append(
      "mean",
      PlacesMean(
        inputShape: shape, frames: frames, capacity: capacity, isEven: isEven,
        workspace: workspace))
    depth = nil
    if shape.elementCount != features {
      try appendLinear("features", features, isRectified: false)
    }
  }

  /// The shape `[H, W, C]` of one image of the input.
  private func frameShape(_ options: ResNetOptions) throws -> Shape {
    let axes = inputShape.dimensions
    guard inputShape.elementCount > 0, (2...4).contains(inputShape.rank) else {
      throw NetworkError.needsImage(encoder: "resnet18", inputShape: inputShape)
    }
    guard options.frames == (inputShape.rank == 4 ? axes[0] : nil) else {
      throw NetworkError.wrongFrames(options.frames, inputShape: inputShape)
    }
    return inputShape.rank == 2 ? Shape(axes + [1]) : Shape(Array(axes.suffix(3)))
  }

  /// Throws unless every array is one that matrix products can index.
  private func requireResNetSizes(_ options: ResNetOptions, _ frame: Shape) throws {
    let images = [capacity, options.frames ?? 1]
    try requireSize("the input", images + frame.dimensions)
    try requireSize("the weight of the stem", [options.width, 7, 7, frame[2]])
    try requireSize("a patch matrix of the stem", [1024, 7, 7, frame[2]])
    try requireSize("a padded image", [frame[0] + 6, frame[1] + 6, frame[2]])
    let (height, width) = ((frame[0] + 1) / 2, (frame[1] + 1) / 2)
    try requireSize("the output of the stem", images + [height, width, options.width])
    try requireSize("the weights of the last stage", [36, 8 * options.width, 8 * options.width])
    try requireSize("the output of the last stage", images + [8 * options.width])
  }
}
