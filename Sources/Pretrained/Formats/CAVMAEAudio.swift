import Networks
import Storage
import Tensors

/// The audio side of CAV-MAE (Gong et al., 2023): blocks of its own, then one that both sides share, whose
/// norms are the audio's; the mean of all patches, no class token.
///
/// The vector of the modality is part of the positions here, and does not move by itself.
struct CAVMAEAudio: FormatRules {
  private static let positions = "pos_embed_a"
  private static let modality = "modality_a"

  private static func block(isShared: Bool) -> TransformerBlockNames {
    TransformerBlockNames(
      norms: isShared ? ("norm1_a", "norm2_a") : ("norm1", "norm2"),
      queriesKeysValues: ["attn.qkv"],
      projection: "attn.proj", mlp: ("mlp.fc1", "mlp.fc2"))
  }

  var signature: [String] {
    ["patch_embed_a.proj.weight", "blocks_a.0.norm1.weight", "blocks_u.0.norm1_a.weight"]
  }

  func isSpare(_ name: String) -> Bool {
    [
      "patch_embed_v.", "pos_embed_v", "modality_v", "blocks_v.", "norm_v.", "decoder",
      "mask_token",
      "mlp_head", "norm.",
    ].contains { name.hasPrefix($0) }
      // The norms that a block has for the ways it is not used in.
      || name.contains(".norm1_") || name.contains(".norm2_")
      || (name.hasPrefix("blocks_u.") && name.contains(".norm"))
  }

  func complete(
    _ architecture: EncoderArchitecture, from file: NamedTensors,
    _ configuration: ModelConfiguration?
  ) throws -> EncoderArchitecture {
    let settling = Settling(place: file.place, format: .cavmaeAudio)
    var options = try settling.transformer(architecture, .spectrogram)
    let patches = try file.axes(of: "patch_embed_a.proj.weight", 4)
    let (own, shared) = try Self.depths(of: file)
    try settling.settleSizes(
      &options, width: patches[0], depth: own + shared,
      hidden: try file.axes(of: "blocks_a.0.mlp.fc1.weight", 2), heads: nil,
      examples: "12 for CAV-MAE")
    try settling.settlePatches(&options, height: patches[2], width: patches[3])
    try settling.settle("positions", &options.positions, needs: .learned)
    try settling.settle("class_token", &options.hasClassToken, needs: false)
    try settling.settle("class_position", &options.classPosition, needs: false)
    try settling.settle("embedding_norm", &options.embeddingNorm, needs: false)
    try settling.settle("norm", &options.norm, needs: .pre)
    try settling.settle(epsilon: 1e-5, &options.epsilon)
    try settling.settle("gelu", &options.gelu, needs: .erf)
    options.pooling = options.pooling ?? .mean
    return .transformer(options)
  }

  func recipes(
    for architecture: EncoderArchitecture, from file: NamedTensors, inputShape: Shape,
    _ choices: PretrainedOptions
  ) -> [Recipe] {
    guard case .transformer(let options) = architecture, let width = options.width,
      let (own, shared) = try? Self.depths(of: file)
    else { return [] }
    let places = file[Self.positions]?.shape.dimensions.dropFirst().first ?? 0
    let norm = ["weight", "bias"].map { Recipe.same("norm1.\($0)", "norm_a.\($0)") }
    return VisionTransformer.patches(
      "patch_embed_a.proj", options, from: file, inputShape, choices.stem)
      + [
        .sum(
          "embedding1.positions", Self.positions, plus: Self.modality, [width],
          advice: "they are of \(counted(places, "place")) a spectrogram; give spectrograms of the "
            + "size that the weights know, 128 bands x 1024 frames for CAV-MAE")
      ]
      + (0..<own).flatMap {
        Self.block(isShared: false).recipes($0 + 1, "blocks_a.\($0).")
      }
      + (0..<shared).flatMap {
        Self.block(isShared: true).recipes(own + $0 + 1, "blocks_u.\($0).")
      } + norm
  }

  private static func depths(of file: NamedTensors) throws -> (own: Int, shared: Int) {
    (
      try file.blockCount("blocks_a.", ".norm1.weight"),
      try file.blockCount("blocks_u.", ".norm1_a.weight")
    )
  }
}
