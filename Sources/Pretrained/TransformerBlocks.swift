import Networks
import Storage

/// What the blocks of a transformer are called, each part without `.weight` and `.bias`.
struct TransformerBlockNames {
  /// The norm of attention and that of the MLP.
  var norms: (attention: String, mlp: String)
  /// Queries, keys and values: one array with all three below each other, or one each.
  var queriesKeysValues: [String]
  /// What an array of them all has for its weight and its bias behind its name.
  var ofStack = (weight: ".weight", bias: ".bias")
  /// The map behind attention.
  var projection: String
  /// The two maps of the MLP.
  var mlp: (first: String, second: String)

  /// The recipes of our block `number`, from 1, for the block that is called `prefix`.
  func recipes(_ number: Int, _ prefix: String) -> [Recipe] {
    let ours = "block\(number)"
    func pair(_ target: String, _ source: String) -> [Recipe] {
      ["weight", "bias"].map { .same("\(ours).\(target).\($0)", "\(prefix)\(source).\($0)") }
    }
    func stack(_ kind: String, _ suffix: String) -> Recipe {
      .stacked("\(ours).attn.qkv.\(kind)", queriesKeysValues.map { "\(prefix)\($0)\(suffix)" })
    }
    return pair("norm1", norms.attention)
      + [stack("weight", ofStack.weight), stack("bias", ofStack.bias)]
      + pair("attn.proj", projection) + pair("norm2", norms.mlp) + pair("mlp.fc1", mlp.first)
      + pair("mlp.fc2", mlp.second)
  }
}

extension Settling {
  /// What all transformers have: sizes from the file, and heads, which no shape tells.
  ///
  /// - Parameters:
  ///   - hidden: the axes of the first map of an MLP, `[hidden, width]`.
  ///   - heads: what a configuration beside the file says; nil: nothing does.
  ///   - examples: the heads of well-known models.
  func settleSizes(
    _ options: inout TransformerOptions, width: Int, depth: Int, hidden: [Int], heads: Int?,
    examples: String
  ) throws {
    try settle("width", &options.width, needs: width)
    try settle("depth", &options.depth, needs: depth)
    try settle("hidden", &options.hidden, needs: hidden[0])
    if let heads {
      try settle("heads", &options.heads, needs: heads)
    } else if options.heads == nil {
      throw FileError(
        place,
        "does not say how many attention heads the weights have, and shapes cannot tell; set heads "
          + "(\(examples)), or put the model's config.json beside the file")
    }
  }

  /// Epsilon, as norms compute with it: in float32.
  func settle(epsilon: Double, _ written: inout Double?) throws {
    guard epsilon > 0, epsilon <= 1 else {
      throw FileError(
        place,
        "epsilon is \(epsilon) by its config.json, expected a number above 0 and at most 1; "
          + "correct the file")
    }
    if let other = written, Float(other) == Float(epsilon) { written = epsilon }
    try settle("epsilon", &written, needs: epsilon)
  }

  /// The patches' sides, whose defaults cannot be told from what was written.
  func settlePatches(_ options: inout TransformerOptions, height: Int, width: Int) throws {
    let usual = TransformerOptions()
    try settle("patch_height", &options.patchHeight, default: usual.patchHeight, needs: height)
    try settle("patch_width", &options.patchWidth, default: usual.patchWidth, needs: width)
  }

  /// The options of a transformer of some input.
  func transformer(
    _ architecture: EncoderArchitecture, _ input: TransformerOptions.Input
  ) throws -> TransformerOptions {
    guard case .transformer(let options) = architecture, options.input == input else {
      throw wrongEncoder(architecture, expected: "transformer with input: \(input.rawValue)")
    }
    return options
  }
}
