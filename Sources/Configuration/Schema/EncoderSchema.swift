import Networks

/// The kinds of encoders that a configuration can name.
enum EncoderSchema {
  static let variants = [
    Variant(
      "mlp", mlp, initial: MLPOptions(), wrap: { EncoderChoice(architecture: .mlp($0)) },
      unwrap: { if case .mlp(let options) = $0.architecture { options } else { nil } },
      "Linear layers with ReLU between them."),
    Variant(
      "cnn", cnn, initial: CNNOptions(), wrap: { EncoderChoice(architecture: .cnn($0)) },
      unwrap: { if case .cnn(let options) = $0.architecture { options } else { nil } },
      "Stages of convolution, norm, ReLU and pooling, then one linear layer."),
    PretrainingSchema.variant(
      "resnet18", resnet18, initial: ResNetOptions(), wrap: EncoderArchitecture.resnet18,
      unwrap: { if case .resnet18(let options) = $0 { options } else { nil } },
      "A residual network (He et al., 2016): a 7x7 stem, four stages of basic blocks that double "
        + "the width and halve the image, the mean over all places; then one linear layer if the "
        + "last width, eight times `width`, is not `features`."),
    PretrainingSchema.variant(
      "transformer", transformer, initial: TransformerOptions(),
      wrap: EncoderArchitecture.transformer,
      unwrap: { if case .transformer(let options) = $0 { options } else { nil } },
      "Blocks of self-attention over words or patches, then one linear layer where the width is not "
        + "`features`. What `weights` ask for takes the place of every null."),
    BagOfWordsSchema.variant,
    Variant(
      "stand_in", standIn, initial: StandInOptions(),
      wrap: { EncoderChoice(architecture: .standIn($0)) },
      unwrap: { if case .standIn(let options) = $0.architecture { options } else { nil } },
      "For experiments on scaling alone (docs/scaling.md): takes time and no core; the numbers of a "
        + "sample, over and over, plus a bias that is learned, are its features."),
  ]

  private static let finalReLU = "whether the features pass a ReLU"

  private static let mlp = Section<MLPOptions>(fields: [
    Field(
      "hidden", \.hidden, Codec<Int>.count(to: largestWidth).list(0...64, of: "widths"),
      "the widths between input and features; `[]` with `final_relu: false` is a linear map"),
    Field("final_relu", \.finalReLU, .toggle, finalReLU),
  ])

  private static let cnn = Section<CNNOptions>(fields: [
    Field(
      "channels", \.channels, Codec<Int>.count(to: 4_096).list(1...16, of: "numbers"),
      "the number of filters of each stage's convolution"),
    Field("kernel", \.kernel, .count(to: 64), "the side of the square kernels"),
    Field("stride", \.stride, .count(to: 64), "the step of the kernels, in both directions"),
    Field(
      "padding", \.padding, Codec<Int>.whole(0...64).orNull,
      "zeros around the input; null: half the kernel, which keeps the size at stride 1"),
    Field("norm", \.norm, .choice, "the norm behind each convolution"),
    Field(
      "pooling", \.pooling, .choice,
      "the pooling at the end of each stage; a last odd row or column is dropped"),
    Field("pool_size", \.poolSize, .count(to: 64), "the side and the step of the pooling windows"),
    Field("final_relu", \.finalReLU, .toggle, finalReLU),
  ])

  private static let standIn = Section<StandInOptions>(fields: [
    Field(
      "sample_ms", \.sampleMilliseconds, .number(from: 0, to: 1e6),
      "the milliseconds that training takes for a sample, two fifths of them forward; replicas share them"
    )
  ])

  private static let resnet18 = Section<ResNetOptions>(fields: [
    Field(
      "width", \.width, .count(to: 4_096),
      "the number of channels of the first stage; 64 is ResNet-18"),
    Field(
      "blocks", \.blocks, .count(to: 64),
      "the number of blocks of each stage; 2 is ResNet-18, 1 is ResNet-10"),
    Field(
      "frames", \.frames, Codec<Int>.count(to: 65_536).orNull,
      "the number of frames of a video, whose features are averaged; null for images"),
  ])
}

extension EncoderSchema {
  private static let transformer = Section<TransformerOptions>(
    fields: [
      Field("input", \.input, .choice, "what the samples are"),
      Field(
        "size", \.size, .choice,
        "12 blocks each: tiny has 192 numbers a token and 3 heads, small 384 and 6, base 768 and 12"
      ),
      Field(
        "width", \.width, Codec<Int>.count(to: largestWidth).orNull,
        "the numbers of a token; null: as `size` says"),
      Field(
        "depth", \.depth, Codec<Int>.count(to: 1_024).orNull,
        "the number of blocks; null: as `size` says"),
      Field(
        "heads", \.heads, Codec<Int>.count(to: largestWidth).orNull,
        "the number of attention heads, which divides the width; null: one for each 64 numbers"),
      Field(
        "hidden", \.hidden, Codec<Int>.count(to: 262_144).orNull,
        "the width of a block's hidden layer; null: four times `width`"),
      Field(
        "patch_height", \.patchHeight, .count(to: 4_096),
        "pictures: the height of a patch, in pixels or frequencies"),
      Field(
        "patch_width", \.patchWidth, .count(to: 4_096),
        "pictures: the width of a patch, in pixels or frames"),
      Field(
        "vocabulary", \.vocabulary, Codec<Int>.count(to: 16_000_000).orNull,
        "texts: the number of different tokens, padding included; null: as many as the data have"),
      Field(
        "positions", \.positions, Codec<PositionKind>.choice.orNull,
        "what tells tokens where they stand; null: learned for texts, fixed for pictures"),
      Field(
        "maximum_positions", \.maximumPositions, Codec<Int>.count(to: 16_000_000).orNull,
        "texts: the places that learned positions have vectors for; null: as many as `data.length`"),
      Field(
        "class_token", \.hasClassToken, Codec<Bool>.toggle.orNull,
        "whether a class token stands first; null: where `pooling` is class"),
      Field(
        "class_position", \.classPosition, Codec<Bool>.toggle.orNull,
        "whether learned positions have a vector for the class token too; null: no"),
      Field(
        "embedding_norm", \.embeddingNorm, Codec<Bool>.toggle.orNull,
        "whether a norm follows tokens and positions; null: no"),
      Field(
        "norm", \.norm, Codec<TransformerOptions.NormPlacement>.choice.orNull,
        "norms before attention and MLP, and after the last block, or behind their sums; null: pre"),
      Field(
        "epsilon", \.epsilon, Codec<Double>.number(above: 0, to: 1, .single).orNull,
        "what norms add to the variance; null: 1e-5"),
      Field(
        "pooling", \.pooling, Codec<TokenPoolingLayer.Kind>.choice.orNull,
        "the mean over the tokens that are no padding, without a class token or (mean_all) with it; or "
          + "the first token, which is the class token where there is one; null: mean"),
      Field(
        "gelu", \.gelu, Codec<GELULayer.Form>.choice.orNull,
        "the form of the rectifier in the hidden layers; null: erf"),
      Field(
        "dropout", \.dropout, .number(from: 0, below: 1, .single),
        "the probability that a value of the embedding, a hidden layer or a branch is dropped"),
      Field(
        "stochastic_depth", \.stochasticDepth, .number(from: 0, below: 1, .single),
        "the probability that a sample skips a branch of the last block, rising from 0 in the first"
      ),
    ],
    check: { options, node, _ in
      let width = options.width ?? options.size.standardWidth
      guard let heads = options.heads, width % heads != 0 else { return }
      throw (node["heads"] ?? node).error(
        "found \(heads), expected a divisor of the width, which is \(width)")
    })
}

/// The largest width of a layer and of the head: far above what fits the memory of a machine today.
let largestWidth = 65_536
