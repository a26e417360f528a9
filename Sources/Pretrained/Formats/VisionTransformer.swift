import Networks
import Storage
import Tensors

/// Vision transformers (Dosovitskiy et al., 2021) by the names of timm, Hugging Face and torchvision:
/// norms before attention and MLP and behind the last block, a class token with a learned position.
struct VisionTransformer: FormatRules {
  /// What one of the libraries calls things.
  struct Names: Sendable {
    var format: PretrainedFormat
    /// What a name may begin with.
    var prefix: String?
    var classToken, positions, patches, norm: String
    /// What the name of block 0 begins with, without its number.
    var blocks: String
    var block: @Sendable () -> TransformerBlockNames
    /// The epsilon of the norms, where no configuration says it.
    var epsilon: Double
    var spare: [String]
    /// Names that are read under others.
    var rename: @Sendable (String) -> String = { $0 }
  }

  let names: Names

  var signature: [String] { ["\(names.patches).weight", names.classToken, names.positions] }

  func clean(_ name: String) -> String {
    let name = name.without(prefix: "module.")
    return names.rename(names.prefix.map { name.without(prefix: $0) } ?? name)
  }

  func isSpare(_ name: String) -> Bool { names.spare.contains { name.hasPrefix($0) } }

  /// Both are of a mini-batch of one.
  func rank(of name: String) -> Int? {
    [names.classToken, names.positions].contains(name) ? 3 : nil
  }

  func complete(
    _ architecture: EncoderArchitecture, from file: NamedTensors,
    _ configuration: ModelConfiguration?
  ) throws -> EncoderArchitecture {
    let settling = Settling(place: file.place, format: names.format)
    var options = try settling.transformer(architecture, .image)
    // Only files of Hugging Face have a configuration of this form beside them.
    let configuration = names.format == .vitHuggingFace ? configuration : nil
    try configuration?.check(type: "vit")
    let patches = try file.axes(of: "\(names.patches).weight", 4)
    let block = names.block()
    try settling.settleSizes(
      &options, width: patches[0],
      depth: try file.blockCount(names.blocks, ".\(block.norms.attention).weight"),
      hidden: try file.axes(of: "\(names.blocks)0.\(block.mlp.first).weight", 2),
      heads: configuration?.integer("num_attention_heads"),
      examples: "3 for ViT-Ti, 6 for ViT-S, 12 for ViT-B, 16 for ViT-L")
    try configuration?.checkSizes(options)
    try settling.settlePatches(&options, height: patches[2], width: patches[3])
    try settling.settle("positions", &options.positions, needs: .learned)
    try settling.settle("class_token", &options.hasClassToken, needs: true)
    try settling.settle("class_position", &options.classPosition, needs: true)
    try settling.settle("embedding_norm", &options.embeddingNorm, needs: false)
    try settling.settle("norm", &options.norm, needs: .pre)
    try settling.settle(
      epsilon: configuration?.number("layer_norm_eps") ?? names.epsilon, &options.epsilon)
    try settling.settle("gelu", &options.gelu, needs: try configuration?.gelu() ?? .erf)
    options.pooling = options.pooling ?? .classToken
    return .transformer(options)
  }

  func recipes(
    for architecture: EncoderArchitecture, from file: NamedTensors, inputShape: Shape,
    _ choices: PretrainedOptions
  ) -> [Recipe] {
    guard case .transformer(let options) = architecture else { return [] }
    let norm = ["weight", "bias"].map { Recipe.same("norm1.\($0)", "\(names.norm).\($0)") }
    return Self.patches(names.patches, options, from: file, inputShape, choices.stem)
      + [
        positions(options, from: file, inputShape, areResized: choices.resizesPositions),
        .same("embedding1.class", names.classToken),
      ]
      + (0..<(options.depth ?? 0)).flatMap {
        names.block().recipes($0 + 1, "\(names.blocks)\($0).")
      } + norm
  }

  /// The recipe of the positions, which belong to a square grid of patches.
  private func positions(
    _ options: TransformerOptions, from file: NamedTensors, _ inputShape: Shape, areResized: Bool
  ) -> Recipe {
    let places = max(0, (file[names.positions]?.shape.dimensions.dropFirst().first ?? 1) - 1)
    let side = Int(Double(places).squareRoot().rounded())
    let advice = "they are of \(counted(places, "place")) a picture; "
    guard side > 0, side * side == places else {
      return .same(
        "embedding1.positions", names.positions,
        advice: advice + "give samples of the size that the weights know")
    }
    guard areResized, inputShape.rank > 1 else {
      return .same(
        "embedding1.positions", names.positions,
        advice: advice
          + "give pictures of \(side * options.patchHeight) x \(side * options.patchWidth) pixels, as the "
          + "weights know them, or set positions_resize to true")
    }
    let (height, width) = (options.patchHeight, options.patchWidth)
    let grid = PositionGrid(
      stored: (side, side),
      wanted: ((inputShape[0] + height - 1) / height, (inputShape[1] + width - 1) / width), extra: 1
    )
    return .resized("embedding1.positions", names.positions, grid)
  }

  /// The recipes of patches that are a convolution.
  static func patches(
    _ source: String, _ options: TransformerOptions, from file: NamedTensors, _ inputShape: Shape,
    _ stem: StemRule
  ) -> [Recipe] {
    let channels = inputShape.rank == 3 ? inputShape[2] : 1
    let stored = file["\(source).weight"]?.shape.dimensions.dropFirst().first ?? channels
    return [
      .channelsLast(
        "embedding1.patch.weight", "\(source).weight",
        kernel: [stored, options.patchHeight, options.patchWidth], channels: channels, stem,
        advice:
          "the samples have \(counted(channels, "channel")): give samples with as many as the "
          + "weights, or with one"),
      .same("embedding1.patch.bias", "\(source).bias"),
    ]
  }
}
