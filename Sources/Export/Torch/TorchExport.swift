import Networks
import Storage
import Tensors

/// A model for PyTorch: safetensors files in its layouts, with the names of the library that an architecture is
/// from, a Python file that rebuilds the modules, and a word about shapes.
///
/// ```
/// model.py              build() and load(), by torch and safetensors alone
/// heads.safetensors     of each modality means, scales, head, and a map to the features that others have not
/// NAME/model.safetensors  the encoder: torchvision's, timm's, Hugging Face's names, or those of nn.Sequential
/// NAME/config.json      where it is BERT: from_pretrained reads the folder
/// NAME/vocabulary.txt   where samples are words: the token of each number
/// README.txt
/// ```
public enum TorchExport {
  /// Writes the model into a folder.
  ///
  /// - Throws: `FileError` where PyTorch has nothing like an encoder, before anything is written.
  public static func write(_ model: SavedModel, to folder: ExportFolder) throws {
    let networks = try model.modalities.map { try Network(of: $0, place: model.run) }
    var heads: [NamedState] = []
    for (modality, network) in zip(model.modalities, networks) {
      try folder.makeFolder(modality.name)
      // transformers loads no file that does not say whose it is.
      try folder.write(
        body(of: network), metadata: ["format": "pt"], to: "\(modality.name)/model.safetensors")
      if let words = modality.vocabularyText {
        try folder.write(words, to: "\(modality.name)/vocabulary.txt")
      }
      if case .transformer(let transformer) = network, transformer.bert != nil {
        try folder.write(
          try configuration(of: transformer).text(pretty: true) + "\n",
          to: "\(modality.name)/config.json")
      }
      heads += rest(of: modality, network).named(in: "\(modality.name).")
    }
    try folder.write(heads, metadata: ["format": "pt"], to: "heads.safetensors")
    try folder.write(PythonSource(model: model, networks: networks).text, to: "model.py")
    try folder.write(Words(model: model, networks: networks).torch, to: "README.txt")
  }

  /// What the file of an encoder holds.
  static func body(of network: Network) -> [NamedState] {
    if case .transformer(let transformer) = network, let bert = transformer.bert { return bert }
    return network.tensors
  }

  /// What belongs to a modality beside: statistics, the head, and of BERT the map to the features.
  private static func rest(of modality: SavedModality, _ network: Network) -> [NamedState] {
    var rest: [NamedState] = []
    if let statistics = PythonSource.statistics(of: modality) {
      let shape = Shape(statistics)
      rest.append(NamedState("mean", shape, Buffer(modality.standardiser.means)))
      rest.append(NamedState("scale", shape, Buffer(modality.standardiser.scales)))
    }
    if case .transformer(let transformer) = network, transformer.bert != nil {
      rest += Network.renamed(transformer.tensors, "head.", to: "project.")
    }
    let (weight, bias) = (modality.head.weight, modality.head.bias)
    let features = weight.count / max(1, bias.count)
    rest.append(NamedState("head.weight", [bias.count, features], Buffer(weight)))
    rest.append(NamedState("head.bias", [bias.count], Buffer(bias)))
    return rest
  }

  /// The `config.json` of a BERT.
  private static func configuration(of network: TransformerNetwork) -> JSONValue {
    func rows(_ name: String) -> JSONValue {
      .integer(network.bert?.first { $0.name == name }?.shape[0] ?? 0)
    }
    return [
      "architectures": ["BertModel"], "model_type": "bert",
      "vocab_size": rows("embeddings.word_embeddings.weight"),
      "hidden_size": .integer(network.width), "num_hidden_layers": .integer(network.depth),
      "num_attention_heads": .integer(network.heads), "intermediate_size": .integer(network.hidden),
      "max_position_embeddings": rows("embeddings.position_embeddings.weight"),
      "type_vocab_size": 2, "layer_norm_eps": .number(network.options.epsilon ?? 1e-12),
      "hidden_act": network.options.gelu == .tanh ? "gelu_pytorch_tanh" : "gelu",
      "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0, "pad_token_id": 0,
    ]
  }
}
