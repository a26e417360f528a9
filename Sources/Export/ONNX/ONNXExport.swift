import Configuration
import Runs
import Schemas
import Storage
import SwiftProtobuf

/// A model for ONNX runtimes: a graph for each modality, and one for the prediction.
///
/// ```
/// NAME.onnx     samples [n, …] to features [n, D] and logits [n, K]
/// fusion.onnx   NAME.logits, NAME.present, … to probabilities, prediction, weights
/// README.txt
/// ```
public enum ONNXExport {
  /// Writes the model into a folder.
  ///
  /// - Throws: `FileError` where ONNX has nothing like an encoder, or a file cannot hold it, before anything is
  ///   written.
  public static func write(_ model: SavedModel, to folder: ExportFolder) throws {
    let networks = try model.modalities.map { try Network(of: $0, place: model.run) }
    let graphs = try zip(model.modalities, networks).map {
      try EncoderGraph($0, $1, place: model.run).builder
    }
    for (modality, graph) in zip(model.modalities, graphs) {
      let facts = facts(of: model) + [("modality", modality.name)]
      try folder.write(
        graph.model(about: facts).serializedBytes(), to: fileName(of: modality, in: model))
    }
    for modality in model.modalities {
      guard let words = modality.vocabularyText else { continue }
      try folder.write(words, to: "\(modality.name).vocabulary.txt")
    }
    let fusion = FusionGraph(model)
    let facts = facts(of: model) + [("prediction", model.prediction.name)]
    try folder.write(fusion.builder.model(about: facts).serializedBytes(), to: "fusion.onnx")
    let words = Words(model: model, networks: networks)
    try folder.write(
      words.onnx(opset: GraphBuilder.opset, inputs: fusion.inputs), to: "README.txt")
  }

  /// The file of a modality: one that is called as the prediction is gets a longer name.
  static func fileName(of modality: SavedModality, in model: SavedModel) -> String {
    modality.name == "fusion" ? "modality.fusion.onnx" : "\(modality.name).onnx"
  }

  /// What every graph says of the model.
  private static func facts(of model: SavedModel) -> [(String, String)] {
    let classes = model.configuration.classes
    let list = try? JSONValue.list(classes.map { .text($0) }).text(pretty: false)
    return [
      ("antiphon", AntiphonVersion.current), ("classes", list ?? ""),
      ("method", model.configuration.method.kind), ("trained", model.trained),
    ]
  }
}
