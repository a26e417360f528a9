import Tensors

extension EncoderArchitecture {
  /// This architecture for texts of `tokenCount` different tokens, padding included, where it asks
  /// for no number of its own.
  public func withVocabulary(_ tokenCount: Int?) -> EncoderArchitecture {
    switch self {
    case .transformer(var options) where options.input == .text:
      options.vocabulary = options.vocabulary ?? tokenCount
      return .transformer(options)
    case .bagOfWords(var options):
      options.vocabulary = options.vocabulary ?? tokenCount
      return .bagOfWords(options)
    default: return self
    }
  }
}

extension LayerBuilder {
  mutating func appendTransformer(
    _ options: TransformerOptions, features: Int, freeze: EncoderTraining.Freeze,
    generator: SeededGenerator?
  ) throws {
    let (width, count, heads, hidden) = options.sizes
    try requirePositive("width", width, atMost: 1 << 16)
    try requirePositive("depth", count, atMost: 1 << 10)
    try requirePositive("hidden", hidden, atMost: 1 << 18)
    try requirePositive("heads", heads, atMost: width)
    guard width % heads == 0 else {
      throw NetworkError.headsDoNotDivide(heads: heads, width: width)
    }
    // Dropout has streams of its own: weights do not depend on it.
    var seeds = generator
    func stream(_ name: String) -> SeededGenerator {
      SeededGenerator(seed: seeds?.next() ?? 0, stream: name)
    }
    let rows = TokenRows(capacity: capacity)
    switch options.input {
    case .text: try appendTokens(options, width: width, rows)
    case .image, .spectrogram: try appendPatches(options, width: width, rows)
    }
    let epsilon = options.epsilon ?? NormRows.standardEpsilon
    if options.embeddingNorm == true {
      append("embedding_norm", LayerNormLayer(inputShape: [width], epsilon: epsilon))
    }
    if options.dropout > 0 {
      append(
        "dropout",
        DropoutLayer(
          inputShape: [width], probability: options.dropout, generator: stream("dropout")))
    }
    try requireSize("the hidden layer of a block", [hidden, width])
    var block = TransformerBlockLayer.Options(width: width, heads: heads, hidden: hidden)
    block.norm = options.norm ?? .pre
    block.epsilon = epsilon
    block.gelu = options.gelu ?? .erf
    block.dropout = options.dropout
    var chain = count
    if case .blocks(let frozen) = freeze { chain = max(frozen - 1, count - frozen) }
    let workspace = BlockWorkspace(block, rows: rows, chain: chain)
    blockCount = count
    for index in 0..<count {
      depth = index + 1
      block.stochasticDepth =
        options.stochasticDepth * Double(index) / Double(max(1, count - 1))
      append(
        "block",
        TransformerBlockLayer(
          block, workspace: workspace, generator: stream("block \(index)"),
          holdsOutput: freeze == .blocks(index + 1)))
    }
    depth = count + 1
    if block.norm == .pre {
      append("norm", LayerNormLayer(inputShape: [width], epsilon: epsilon))
    }
    append(
      "pooling",
      TokenPoolingLayer(
        width: width, kind: options.pooling ?? .mean, hasClassToken: options.beginsWithClass,
        rows: rows))
    depth = nil
    if width != features { try appendLinear("features", features, isRectified: false) }
  }

  private mutating func appendTokens(
    _ options: TransformerOptions, width: Int, _ rows: TokenRows
  ) throws {
    guard inputShape.rank == 1, inputShape.elementCount > 0 else {
      throw NetworkError.needsText(inputShape: inputShape)
    }
    guard let vocabulary = options.vocabulary else {
      throw NetworkError.needsVocabulary(encoder: "transformer")
    }
    try requirePositive("vocabulary", vocabulary)
    try requireSize("the embedding of the tokens", [vocabulary, width])
    let length = inputShape[0]
    try requireSize("the rows of a batch", [capacity, length + 1, width])
    let positions = options.positions ?? .learned
    try requirePositions(options, positions)
    if let maximum = options.maximumPositions {
      try requirePositive("maximum_positions", maximum)
      try requireSize("the vectors of the places", [maximum + 1, width])
      guard maximum >= length else {
        throw NetworkError.tooFewPositions(maximum, length: length)
      }
    }
    append(
      "embedding",
      TokenEmbeddingLayer(
        length: length, vocabulary: vocabulary, width: width, positions: positions,
        maximumPositions: options.maximumPositions, hasClassToken: options.beginsWithClass,
        classPosition: options.classPosition ?? false, rows: rows))
  }

  private mutating func appendPatches(
    _ options: TransformerOptions, width: Int, _ rows: TokenRows
  ) throws {
    let isSpectrogram = options.input == .spectrogram
    guard inputShape.rank == 3 || inputShape.rank == 2, inputShape.elementCount > 0,
      !isSpectrogram || inputShape.rank == 2 || inputShape[2] == 1
    else {
      throw NetworkError.needsImage(encoder: "transformer", inputShape: inputShape)
    }
    let (height, breadth) = (options.patchHeight, options.patchWidth)
    try requirePositive("patch_height", height, atMost: 1 << 12)
    try requirePositive("patch_width", breadth, atMost: 1 << 12)
    let channels = inputShape.rank == 3 ? inputShape[2] : 1
    try requireSize("the weight of the patches", [width, height, breadth, channels])
    let down = (inputShape[0] + height - 1) / height
    let across = (inputShape[1] + breadth - 1) / breadth
    try requireSize("the patches of a batch", [capacity, down, across, height, breadth, channels])
    try requireSize("the rows of a batch", [capacity, down * across + 1, width])
    let positions = options.positions ?? .fixed
    try requirePositions(options, positions)
    append(
      "embedding",
      PatchEmbeddingLayer(
        inputShape: inputShape, patchHeight: height, patchWidth: breadth, width: width,
        positions: positions, hasClassToken: options.beginsWithClass,
        classPosition: options.classPosition ?? false, rows: rows))
  }

  /// Throws where options speak of vectors that there are none of.
  private func requirePositions(_ options: TransformerOptions, _ kind: PositionKind) throws {
    if kind == .fixedColumnsFirst, options.input == .text {
      throw NetworkError.conflict(
        "positions is \(kind.rawValue), but texts have one axis; set it to learned or fixed")
    }
    if options.classPosition == true, kind != .learned {
      throw NetworkError.conflict(
        "class_position is true, but positions is \(kind.rawValue), which has no vector for a class "
          + "token; set positions to learned")
    }
    if options.classPosition == true, !options.beginsWithClass {
      throw NetworkError.conflict(
        "class_position is true, but there is no class token; set class_token to true")
    }
    if options.maximumPositions != nil, kind != .learned || options.input != .text {
      throw NetworkError.conflict(
        "maximum_positions is set, but only texts with learned positions have a table of them; set it "
          + "to null")
    }
  }
}
