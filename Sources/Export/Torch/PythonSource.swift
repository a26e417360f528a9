import Networks
import Runs
import Tensors

/// `model.py`: a short file that rebuilds a model's modules in PyTorch and loads its weights.
struct PythonSource {
  let model: SavedModel
  let networks: [Network]

  /// The file.
  var text: String {
    let names = model.modalities.map { Self.literal($0.name) }
    let classes = model.configuration.classes.map(Self.literal)
    return opening + PythonParts.imports
      + Self.list("MODALITIES", names) + Self.list("CLASSES", classes) + "\n\n"
      + parts.joined() + PythonFusion(rule: model.prediction).text + PythonParts.model + build
  }

  private var opening: String {
    """
    \"\"\"A model of Antiphon \(AntiphonVersion.current), after \(model.trained), in PyTorch.

        from model import load
        output = load()({NAME: tensor, …})

    README.txt says what the tensors are. Needs torch and safetensors.
    \"\"\"


    """
  }

  /// The classes that the encoders need, each once.
  private var parts: [String] {
    var parts: [String] = []
    func add(_ part: String) { if !parts.contains(part) { parts.append(part) } }
    for network in networks {
      switch network {
      case .chain: break
      case .resNet: add(PythonParts.resNet)
      case .transformer(let network):
        add(PythonParts.pooled)
        add(network.bert == nil ? PythonParts.transformer : PythonParts.bert)
      case .bagOfWords: add(PythonParts.bagOfWords)
      }
    }
    return parts
  }

  /// `build`, with a constructor for each modality.
  private var build: String {
    let lines = zip(model.modalities, networks).map { modality, network in
      var more = ["\(model.configuration.features)"]
      if case .transformer(let network) = network, network.bert != nil, network.features != nil {
        more.append("project=\(network.width)")
      }
      if let statistics = Self.statistics(of: modality) {
        let axes = statistics.map(String.init).joined(separator: ", ")
        more.append("statistics=(\(axes)\(statistics.count == 1 ? "," : ""))")
      }
      if network.takesPictures { more.append("pictures=True") }
      return """
                # \(modality.name)
                Modality(
                    \(Self.constructor(of: network, indent: 16)),
                    \(more.joined(separator: ", "))),
        """
    }
    return """


      def build():
          \"\"\"The model without its weights.\"\"\"
          return Model([
      \(lines.joined(separator: "\n"))
          ])

      """
  }

  /// The shape of a modality's means and scales: that of a sample, or one number; nil: there are none.
  static func statistics(of modality: SavedModality) -> [Int]? {
    switch modality.standardiser.kind {
    case .none: nil
    case .global: []
    case .feature: modality.sampleShape.dimensions
    }
  }

  private static func constructor(of network: Network, indent: Int) -> String {
    let margin = "\n" + String(repeating: " ", count: indent)
    switch network {
    case .chain(let chain, _):
      return "nn.Sequential(" + chain.layers.map { margin + python($0) }.joined(separator: ",")
        + ")"
    case .resNet(let options, let tensors, let features):
      let channels = tensors.first { $0.name == "conv1.weight" }?.shape[1] ?? 1
      var arguments = ["\(channels)", "\(options.width)", "\(options.blocks)"]
      if let features { arguments.append("features=\(features)") }
      if let frames = options.frames { arguments.append("frames=\(frames)") }
      return "ResNet(\(arguments.joined(separator: ", ")))"
    case .transformer(let network):
      let lines = filled(arguments(of: network), width: 80 - indent).joined(separator: margin)
      return (network.bert == nil ? "Transformer" : "Bert") + "(\(margin)\(lines.dropLast()))"
    case .bagOfWords(let vectors, let chain):
      return "BagOfWords(\(vectors.shape[0]), \(vectors.shape[1])"
        + chain.layers.map { "," + margin + python($0) }.joined() + ")"
    }
  }

  private static func arguments(of network: TransformerNetwork) -> [String] {
    let options = network.options
    func rows(_ name: String, of tensors: [NamedState]) -> Int {
      tensors.first { $0.name == name }.map { $0.shape[$0.shape.rank - 2] } ?? 0
    }
    let positions =
      network.bert.map { rows("embeddings.position_embeddings.weight", of: $0) }
      ?? rows("pos_embed", of: network.tensors)
    var arguments = [
      "width=\(network.width)", "depth=\(network.depth)", "heads=\(network.heads)",
      "hidden=\(network.hidden)", "positions=\(positions)",
      "pooling=\"\((options.pooling ?? .mean).rawValue)\"", "epsilon=\(options.epsilon ?? 1e-5)",
    ]
    if options.input == .text {
      arguments.append("vocabulary=\(rows("token_embed.weight", of: network.tensors))")
    } else {
      arguments.append("patch=(\(options.patchHeight), \(options.patchWidth))")
      arguments.append("channels=\(network.sample[2])")
    }
    if options.gelu == .tanh { arguments.append("gelu=\"tanh\"") }
    guard network.bert == nil else { return arguments }
    for (name, isSet) in [
      ("post_norm", options.norm == .post), ("embed_norm", options.embeddingNorm == true),
      ("class_token", options.hasClassToken == true),
      ("class_position", options.classPosition == true),
    ] where isSet { arguments.append("\(name)=True") }
    if let features = network.features { arguments.append("features=\(features)") }
    return arguments
  }

  private static func python(_ layer: PlainLayer) -> String {
    switch layer {
    case .flatten: "nn.Flatten()"
    case .linear(let inputs, let outputs): "nn.Linear(\(inputs), \(outputs))"
    case .relu: "nn.ReLU()"
    case .convolution(let inputs, let outputs, let kernel, let stride, let padding, let hasBias):
      "nn.Conv2d(\(inputs), \(outputs), \(kernel), \(stride), \(padding)"
        + (hasBias ? ")" : ", bias=False)")
    case .batchNorm(let channels): "nn.BatchNorm2d(\(channels))"
    case .maxPool(let size): "nn.MaxPool2d(\(size))"
    case .meanPool(let size): "nn.AvgPool2d(\(size))"
    }
  }

  /// A string of Python with this text; what could hide or turn around what follows is escaped.
  static func literal(_ text: String) -> String {
    let content = text.unicodeScalars.map { scalar -> String in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      default: return scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : "\(scalar)"
      }
    }
    return "\"\(content.joined())\""
  }

  private static func list(_ name: String, _ items: [String]) -> String {
    "\(name) = [\n" + filled(items, width: 92).map { "    \($0)\n" }.joined() + "]\n"
  }

  /// Items with commas behind them, as many on a line as there is room for.
  private static func filled(_ items: [String], width: Int) -> [String] {
    items.reduce(into: [String]()) { lines, item in
      if let last = lines.last, last.count + item.count + 2 <= width {
        lines[lines.count - 1] = "\(last) \(item),"
      } else {
        lines.append("\(item),")
      }
    }
  }
}

extension Network {
  /// Whether its channels go first.
  var takesPictures: Bool {
    switch self {
    case .chain(_, let takesPictures): takesPictures
    case .resNet: true
    case .transformer(let network): network.options.input != .text
    case .bagOfWords: false
    }
  }
}
