import Coordinator
import Foundation

/// `model.json`: which weights are the model of a run, and how to rebuild it.
///
/// It is written after all weights it names, so a run that ends in between keeps the model before.
struct ModelDescription: Codable {
  /// The version of this file's layout.
  static let currentFormat = 1

  var format = Self.currentFormat
  /// The resolved configuration, beside this file: classes, modalities, encoders.
  var configuration = "configuration.yaml"
  /// The folder of the weights, beside this file.
  var weights: String
  /// The number of epochs trained.
  var epochs: Int
  /// The axes of one sample of each modality, in the configuration's order.
  var sampleShapes: [[Int]]

  enum CodingKeys: String, CodingKey {
    case format, configuration, weights, epochs
    case sampleShapes = "sample_shapes"
  }

  init(_ saved: SavedWeights) {
    weights = saved.folder
    epochs = saved.epochs
    sampleShapes = saved.sampleShapes
  }

  /// The model of a run.
  init(of run: RunDirectory) throws {
    guard let data = FileManager.default.contents(atPath: run.model) else {
      throw RunError.noModel(run.path)
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw RunError.unreadable(
        file: run.model, problem: "is not a model description; was it written by hand?")
    }
    guard format == Self.currentFormat else {
      throw RunError.unreadable(
        file: run.model,
        problem: "has format \(format), but this build reads format \(Self.currentFormat)")
    }
    guard !weights.hasPrefix("/"), !weights.split(separator: "/").contains("..") else {
      throw RunError.unreadable(
        file: run.model, problem: "names weights outside of the run: '\(weights)'")
    }
  }

  /// What is written.
  var json: JSONValue {
    [
      "format": .integer(format), "configuration": .text(configuration),
      "weights": .text(weights), "epochs": .integer(epochs),
      "sample_shapes": .list(sampleShapes.map { .list($0.map { .integer($0) }) }),
    ]
  }
}
