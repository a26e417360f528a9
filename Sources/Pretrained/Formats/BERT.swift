import Networks
import Storage
import Tensors

/// BERT as Hugging Face stores it (Devlin et al., 2019), with MiniLM and others of its shape: norms
/// behind the sums, a norm behind the embeddings, none behind the last block.
///
/// Names may begin with `bert.`; norms may be called gamma and beta, as in bert-base-uncased on disk. The
/// type of the first sentence is part of the positions here, and does not move by itself.
struct BERT: FormatRules {
  private static let words = "embeddings.word_embeddings.weight"
  private static let positions = "embeddings.position_embeddings.weight"
  private static let types = "embeddings.token_type_embeddings.weight"

  private static let block = TransformerBlockNames(
    norms: ("attention.output.LayerNorm", "output.LayerNorm"),
    queriesKeysValues: ["query", "key", "value"].map { "attention.self.\($0)" },
    projection: "attention.output.dense", mlp: ("intermediate.dense", "output.dense"))

  var signature: [String] { [Self.words, "encoder.layer.0.attention.self.query.weight"] }

  func clean(_ name: String) -> String {
    let name = name.without(prefix: "module.").without(prefix: "bert.")
    if name.hasSuffix("LayerNorm.gamma") { return name.dropLast(5) + "weight" }
    return name.hasSuffix("LayerNorm.beta") ? name.dropLast(4) + "bias" : name
  }

  func isSpare(_ name: String) -> Bool {
    ["pooler.", "cls.", "classifier.", "qa_outputs."].contains { name.hasPrefix($0) }
      || ["embeddings.position_ids", "embeddings.token_type_ids"].contains(name)
  }

  func complete(
    _ architecture: EncoderArchitecture, from file: NamedTensors,
    _ configuration: ModelConfiguration?
  ) throws -> EncoderArchitecture {
    let settling = Settling(place: file.place, format: .bert)
    var options = try settling.transformer(architecture, .text)
    try configuration?.check(type: "bert")
    let words = try file.axes(of: Self.words, 2)
    let places = try file.axes(of: Self.positions, 2)
    guard try file.axes(of: Self.types, 2)[0] > 1 else {
      throw FileError(
        file.place,
        "tensor \(quoted(Self.types)) knows one type of tokens, expected at least 2: these are "
          + "RoBERTa's weights, which count places in another way; give those of BERT or MiniLM")
    }
    try settling.settleSizes(
      &options, width: words[1],
      depth: try file.blockCount("encoder.layer.", ".attention.self.query.weight"),
      hidden: try file.axes(of: "encoder.layer.0.intermediate.dense.weight", 2),
      heads: configuration?.integer("num_attention_heads"),
      examples: "12 for bert-base and MiniLM-L6 and L12")
    try configuration?.checkSizes(options)
    try settling.settle("vocabulary", &options.vocabulary, needs: words[0])
    try settling.settle("maximum_positions", &options.maximumPositions, needs: places[0])
    try settling.settle("positions", &options.positions, needs: .learned)
    try settling.settle("class_token", &options.hasClassToken, needs: false)
    try settling.settle("class_position", &options.classPosition, needs: false)
    try settling.settle("embedding_norm", &options.embeddingNorm, needs: true)
    try settling.settle("norm", &options.norm, needs: .post)
    try settling.settle(epsilon: configuration?.number("layer_norm_eps") ?? 1e-12, &options.epsilon)
    try settling.settle("gelu", &options.gelu, needs: try configuration?.gelu() ?? .erf)
    if let kind = configuration?.text("position_embedding_type"), kind != "absolute" {
      throw FileError(
        file.place,
        "its positions are \(quoted(kind)), expected absolute ones; give weights of BERT or MiniLM")
    }
    options.pooling = options.pooling ?? .mean
    return .transformer(options)
  }

  func recipes(
    for architecture: EncoderArchitecture, from file: NamedTensors, inputShape: Shape,
    _ choices: PretrainedOptions
  ) -> [Recipe] {
    guard case .transformer(let options) = architecture, let width = options.width else {
      return []
    }
    let types = file[Self.types]?.shape.dimensions.first ?? 2
    let norm = ["weight", "bias"].map { kind in
      Recipe.same("embedding_norm1.\(kind)", "embeddings.LayerNorm.\(kind)")
    }
    return [
      .same("embedding1.tokens", Self.words),
      .sum("embedding1.positions", Self.positions, plus: Self.types, [types, width]),
    ] + norm
      + (0..<(options.depth ?? 0)).flatMap {
        Self.block.recipes($0 + 1, "encoder.layer.\($0).")
      }
  }
}

extension ModelConfiguration {
  /// Throws where the sizes are not those of the weights.
  func checkSizes(_ options: TransformerOptions) throws {
    for (key, value) in [
      ("hidden_size", options.width), ("num_hidden_layers", options.depth),
      ("intermediate_size", options.hidden),
    ] {
      if let value { try check(key, is: value, of: "beside it") }
    }
  }

  /// The form of GELU; nil where nothing is said.
  func gelu() throws -> GELULayer.Form? {
    switch text("hidden_act") {
    case nil: return nil
    case "gelu": return .erf
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .tanh
    case let other?:
      throw FileError(
        place,
        "hidden_act is \(quoted(other)), but the blocks of the encoder have gelu; give other weights"
      )
    }
  }
}
