import Networks
import Storage
import Tensors

/// One side of M3AE (Geng et al., 2022) by the names of MLA's PyTorch code: pictures or texts, a class
/// token without a position, fixed positions, of pictures with the columns first.
///
/// The type of a side is part of what it is added to: of the bias of the patches, or of every token.
struct M3AE: FormatRules {
  let side: TransformerOptions.Input
  /// Whether the weights compute as in flax, where they were trained, or as in MLA's code.
  let isFlax: Bool

  private static let block = TransformerBlockNames(
    norms: ("layer_norm1", "layer_norm2"), queriesKeysValues: ["attention.qkv_linear"],
    projection: "attention.fc", mlp: ("transformer_mlp.fc1", "transformer_mlp.fc2"))

  private var format: PretrainedFormat {
    switch (side, isFlax) {
    case (.text, true): .m3aeTextFlax
    case (.text, false): .m3aeText
    case (_, true): .m3aeImageFlax
    case (_, false): .m3aeImage
    }
  }

  private var embedding: String { side == .text ? "text_embedding" : "image_embedding" }
  private var type: String { "encoder_\(side.rawValue)_type_embedding" }

  var signature: [String] {
    ["\(embedding).weight", "encoder.blocks.0.attention.qkv_linear.weight"]
  }

  func isSpare(_ name: String) -> Bool {
    let other = side == .text ? "image" : "text"
    return [
      "\(other)_embedding.", "encoder_\(other)_type_embedding", "decoder", "image_mask_embedding",
      "text_mask_embedding", "image_output_head", "text_output_head",
    ].contains { name.hasPrefix($0) }
  }

  func complete(
    _ architecture: EncoderArchitecture, from file: NamedTensors,
    _ configuration: ModelConfiguration?
  ) throws -> EncoderArchitecture {
    let settling = Settling(place: file.place, format: format)
    var options = try settling.transformer(architecture, side)
    let table = try file.axes(of: "\(embedding).weight", 2)
    try settling.settleSizes(
      &options, width: side == .text ? table[1] : table[0],
      depth: try file.blockCount("encoder.blocks.", ".layer_norm1.weight"),
      hidden: try file.axes(of: "encoder.blocks.0.transformer_mlp.fc1.weight", 2), heads: nil,
      examples: "6 for the small model, 12 for base, 16 for large")
    if side == .text {
      try settling.settle("vocabulary", &options.vocabulary, needs: table[0])
      try settling.settle("positions", &options.positions, needs: .fixed)
    } else {
      let side = try patchSide(table[1], place: file.place)
      try settling.settlePatches(&options, height: side, width: side)
      try settling.settle("positions", &options.positions, needs: .fixedColumnsFirst)
    }
    try settling.settle("class_token", &options.hasClassToken, needs: true)
    try settling.settle("class_position", &options.classPosition, needs: false)
    try settling.settle("embedding_norm", &options.embeddingNorm, needs: false)
    try settling.settle("norm", &options.norm, needs: .pre)
    // Both forms are in use with the same weights, so here what is written stays.
    options.epsilon = options.epsilon ?? (isFlax ? 1e-6 : 1e-5)
    options.gelu = options.gelu ?? (isFlax ? .tanh : .erf)
    options.pooling = options.pooling ?? .classToken
    return .transformer(options)
  }

  /// The side of a square patch of three colours with so many numbers.
  private func patchSide(_ numbers: Int, place: String) throws -> Int {
    let side = Int((Double(numbers) / 3).squareRoot().rounded())
    guard (1...4_096).contains(side), side * side * 3 == numbers else {
      throw FileError(
        place,
        "its patches have \(numbers) numbers, expected 3 for each pixel of a square, such as 768 for "
          + "16 x 16; give weights of M3AE")
    }
    return side
  }

  func recipes(
    for architecture: EncoderArchitecture, from file: NamedTensors, inputShape: Shape,
    _ choices: PretrainedOptions
  ) -> [Recipe] {
    guard case .transformer(let options) = architecture, let width = options.width else {
      return []
    }
    let norm = ["weight", "bias"].map { Recipe.same("norm1.\($0)", "encoder.layer_norm.\($0)") }
    return embedding(options, inputShape, typed: [width])
      + [.same("embedding1.class", "cls_token")]
      + (0..<(options.depth ?? 0)).flatMap { Self.block.recipes($0 + 1, "encoder.blocks.\($0).") }
      + norm
  }

  private func embedding(
    _ options: TransformerOptions, _ inputShape: Shape, typed axes: [Int]
  ) -> [Recipe] {
    guard side == .image else {
      return [.sum("embedding1.tokens", "\(embedding).weight", plus: type, axes)]
    }
    let channels = inputShape.rank == 3 ? inputShape[2] : 1
    let advice = "patches of the weights are of 3 colours; give pictures in colour"
    let patches: Recipe =
      isFlax
      ? .same("embedding1.patch.weight", "\(embedding).weight", advice: advice)
      : .patchesChannelsLast(
        "embedding1.patch.weight", "\(embedding).weight", channels: channels,
        places: options.patchHeight * options.patchWidth, advice: advice)
    return [patches, .sum("embedding1.patch.bias", "\(embedding).bias", plus: type, axes)]
  }
}
