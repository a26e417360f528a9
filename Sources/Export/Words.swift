import Configuration
import MLA
import Networks
import Runs
import Tensors

/// What an export says of itself: the `README.txt` in its folder.
struct Words {
  let model: SavedModel
  let networks: [Network]

  /// For PyTorch.
  var torch: String {
    """
    \(opening) in PyTorch.

        from model import load
        model = load()
        output = model({\(example)})
        output.probabilities, output.prediction, output.logits, output.features

    Needs torch and safetensors. Leave a modality out, or name who has it: model(samples, present={NAME: mask}).

    \(samples(tokens: "int64", ["file", "names of the encoder's tensors"]) { network in
      ["NAME/model.safetensors", Self.library(of: network)]
    })

    The names are the library's, so its own classes load a file with strict=True (of timm's with token_embed or
    embed_norm, of BERT without a pooler); what no library has is in heads.safetensors: means and scales, the
    heads, and behind BERT the map to the features.
    \(closing)
    """
  }

  /// For ONNX.
  ///
  /// - Parameters:
  ///   - opset: the version of ONNX's operators.
  ///   - inputs: those of the graph of the fusion.
  func onnx(opset: Int, inputs: [String]) -> String {
    """
    \(opening) in ONNX, opset \(opset).

    NAME.onnx     samples [n, …] to features [n, \(model.configuration.features)] and logits [n, \(model.configuration.classes.count)]
    fusion.onnx   \(inputs.joined(separator: ", ")) to probabilities [n, K], prediction [n], weights [n, M]

    NAME.present [n] says which samples have the modality; logits of others may be anything. A prediction of -1 is
    that of a sample without any.

    \(samples(tokens: "int64", []) { _ in [] })
    \(closing)
    """
  }

  /// How samples are handed over, of the first modalities.
  private var example: String {
    let names = model.modalities.prefix(3).map { "\"\($0.name)\": …" }
    return (names + (model.modalities.count > 3 ? ["…"] : [])).joined(separator: ", ")
  }

  private var opening: String {
    "A model of Antiphon \(AntiphonVersion.current), method \(model.configuration.method.kind), after \(model.trained),"
  }

  private var closing: String {
    let classes = model.configuration.classes.enumerated().map { "  \($0)  \($1.onOneLine())" }
    return """

      The prediction is \(model.prediction.name), made of the logits in float64. The classes:

      \(classes.joined(separator: "\n"))

      Samples are what training saw before it standardised them, in evaluation: no augmentation. What made them of
      files, as the configuration of the run says it:

      \(preparation)
      \(vocabulary)
      """
  }

  /// Where words have their numbers from.
  private var vocabulary: String {
    model.modalities.allSatisfy(\.vocabulary.isEmpty)
      ? ""
      : """

      Texts are words, whose numbers are their lines in vocabulary.txt, from 0: [PAD] fills texts up to their length,
      [UNK] is every other word.

      """
  }

  /// A table of the modalities.
  private func samples(
    tokens: String, _ headings: [String], _ more: (Network) -> [String]
  ) -> String {
    var table = TextTable(["modality", "type", "sample"] + headings)
    for (modality, network) in zip(model.modalities, networks) {
      let isTokens = modality.architecture.readsTokens
      let shape = (["n"] + modality.sampleShape.dimensions.map(String.init)).joined(separator: ", ")
      table.add(
        [modality.name, isTokens ? "\(tokens) tokens" : "float32", "[\(shape)]"]
          + more(network).map { $0.replacing("NAME", with: modality.name) })
    }
    return table.lines.joined(separator: "\n")
  }

  private static func library(of network: Network) -> String {
    switch network {
    case .chain: "nn.Sequential"
    case .resNet: "torchvision, ResNet"
    case .transformer(let network):
      network.bert == nil ? "timm, VisionTransformer" : "transformers, BertModel"
    case .bagOfWords: "nn.Embedding, nn.Sequential"
    }
  }

  private static let filesAndFolders: Set = [
    "train", "test", "cache", "vocabulary_file", "manifest", "root",
  ]

  /// The `data` sections of the configuration, without the files.
  private var preparation: String {
    let lines = model.configuration.yaml.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = lines.drop { $0 != "modalities:" }.dropFirst().prefix { $0.hasPrefix(" ") }
    var (kept, isData, isKept) = ([Substring](), false, false)
    for line in wanted {
      let indent = line.prefix { $0 == " " }.count
      let key = line.dropFirst(indent).prefix { $0 != ":" }
      if indent == 2 { kept.append(line) }
      if indent == 4 { isData = key == "data" }
      if indent == 6 { isKept = isData && !Self.filesAndFolders.contains(String(key)) }
      if isData, indent > 4, isKept { kept.append(line) }
    }
    return kept.map { String($0.dropFirst(2)).onOneLine() }.joined(separator: "\n")
  }
}
