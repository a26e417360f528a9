import Datasets
import Networks
import Pretrained

/// An encoder with where its weights come from: what the section of an encoder says.
struct EncoderChoice {
  var architecture: EncoderArchitecture
  var pretraining = PretrainingOptions()
}

extension ModalityConfiguration {
  /// `encoder` and `pretraining`, whose keys stand in one section.
  var encoderChoice: EncoderChoice {
    get { EncoderChoice(architecture: encoder, pretraining: pretraining) }
    set { (encoder, pretraining) = (newValue.architecture, newValue.pretraining) }
  }
}

/// The keys of an encoder that can begin from the weights of others.
enum PretrainingSchema {
  /// The options of a kind of encoder beside those of its weights.
  struct Pretrained<Options: Sendable>: Sendable {
    var options: Options
    var pretraining = PretrainingOptions()
  }

  /// The kind `kind`, with the keys of `section` and those of its weights.
  static func variant<Options: Sendable>(
    _ kind: String, _ section: Section<Options>, initial: Options,
    wrap: @escaping @Sendable (Options) -> EncoderArchitecture,
    unwrap: @escaping @Sendable (EncoderArchitecture) -> Options?, _ meaning: String
  ) -> Variant<EncoderChoice> {
    let all = Section<Pretrained<Options>>(
      fields: section.fields.map { $0.within(\.options) } + fields.map { $0.within(\.pretraining) },
      check: { choice, node, scope in
        try section.check(choice.options, node, scope)
        try check(choice.pretraining, node)
      })
    return Variant(
      kind, all, initial: Pretrained(options: initial),
      wrap: { EncoderChoice(architecture: wrap($0.options), pretraining: $0.pretraining) },
      unwrap: { choice in
        unwrap(choice.architecture).map {
          Pretrained(options: $0, pretraining: choice.pretraining)
        }
      }, meaning)
  }

  private static let fields: [Field<PretrainingOptions>] = [
    Field(
      "weights", \.weights, Codec<String>.path.orNull,
      "a file with the weights to begin from; null: they are drawn at random"),
    Field(
      "format", \.format, Codec<PretrainedFormat>.choice.orNull,
      "what the file holds; null: what its tensors are called tells"),
    Field(
      "stem", \.stem, .choice,
      "what becomes of a first convolution for colours where samples have one channel"),
    Field(
      "positions_resize", \.resizesPositions, .toggle,
      "whether the learned positions of a vision transformer are interpolated where pictures have "
        + "another size than those that the weights know"),
    Field(
      "freeze", \.freeze, freeze,
      "the layers that do not move: the embedding (the stem), with so many blocks (stages), or all "
        + "but a last linear layer"),
    Field(
      "lr_scale", \.learningRateScale, .number(above: 0, to: 1e6, .single),
      "the learning rate of the last block is this times the optimizer's; a last linear layer has all "
        + "of it"),
    Field(
      "layer_decay", \.layerDecay, .number(above: 0, to: 1, .single),
      "the learning rate of a block (stage) is this times that of the next one"),
    Field(
      "cache_features", \.cachesFeatures, .toggle,
      "whether what `freeze: all` leaves as it is computes its outputs once, before training"),
  ]

  private static let freeze: Codec<EncoderTraining.Freeze> = {
    let names = Codec<EncoderTraining.Freeze>.named([
      ("none", .nothing), ("embeddings", .embeddings), ("all", .all),
    ])
    let blocks = Codec<Int>.count(to: 1_024)
    return Codec(
      expected: "none, embeddings, all, or a number of blocks from 1 to 1024", names: names.names,
      shape: .either(names.shape, blocks.shape),
      parse: { node, scope in
        try names.parse(node, scope) ?? blocks.parse(node, scope).map { .blocks($0) }
      },
      write: { freeze, scope in
        if case .blocks(let count) = freeze { return blocks.write(count, scope) }
        return names.write(freeze, scope)
      })
  }()

  private static func check(_ options: PretrainingOptions, _ node: ConfigurationNode) throws {
    if options.freeze != .nothing, options.weights == nil {
      throw (node["freeze"] ?? node).error(
        "found frozen layers without weights, which would stay as they are drawn, expected `weights` "
          + "or `freeze: none`")
    }
    if options.cachesFeatures, options.freeze != .all {
      throw (node["cache_features"] ?? node).error(
        "found true, expected false unless `freeze` is all: only what does not move has the same "
          + "outputs every time")
    }
  }

  /// Throws where a modality's features are to be computed once, though its samples change.
  static func checkCache(_ modality: ModalityConfiguration, _ node: ConfigurationNode) throws {
    guard modality.pretraining.cachesFeatures else { return }
    let random =
      modality.augmentation == AugmentationOptions() ? modality.source.randomness : "augment"
    guard let random else { return }
    throw node.error(
      "found true, but `\(random)` changes the training samples at random, so that no output stays "
        + "the same; set `cache_features` to false or do without", below: "encoder.cache_features")
  }
}
