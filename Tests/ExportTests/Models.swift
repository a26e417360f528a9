import Configuration
import Datasets
import Foundation
import MLA
import Networks
import Runs
import Tensors

@testable import Export

/// Models that tests export.
enum Models {
  /// The run of an earlier build that lies with the tests of the program: encoders of kind mlp.
  static func saved(_ method: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("AntiphonTests/SavedModels/\(method)").path
  }

  /// A modality with random weights.
  static func modality(
    _ architecture: EncoderArchitecture, _ sample: Shape, name: String = "m",
    standardise: Standardisation = .none, features: Int = 5, classes: Int = 3
  ) throws -> (SavedModality, Encoder) {
    var generator = SeededGenerator(seed: 3, stream: "export")
    let encoder = try architecture.makeEncoder(
      inputShape: sample, features: features, capacity: 4, generator: &generator)
    let count =
      switch standardise {
      case .none: 0
      case .global: 1
      case .feature: sample.elementCount
      }
    func random(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.uniform()) } }
    let modality = SavedModality(
      name: name, source: .synthetic(SyntheticOptions()), architecture: architecture,
      sampleShape: sample, arrays: encoder.weights,
      standardiser: try Standardiser(
        restoring: standardise, means: random(count), scales: random(count).map { $0 + 0.5 },
        sampleShape: sample),
      head: SavedHead(weight: random(classes * features), bias: random(classes)))
    return (modality, encoder)
  }

  /// A model of modalities.
  static func model(_ modalities: [SavedModality], _ rule: PredictionRule) -> SavedModel {
    let configured = modalities.map {
      ModalityConfiguration(name: $0.name, source: $0.source, encoder: $0.architecture)
    }
    var configuration = RunConfiguration(
      classes: ["a", "b \"c\"\u{202E}", "ü"], modalities: configured)
    configuration.features = 5
    return SavedModel(
      run: "run", configuration: configuration, trained: "epoch 1", modalities: modalities,
      prediction: rule)
  }

  /// A transformer with everything written out.
  static func transformer(
    _ input: TransformerOptions.Input, _ change: (inout TransformerOptions) -> Void = { _ in }
  ) -> EncoderArchitecture {
    var options = TransformerOptions()
    (options.input, options.width, options.depth, options.heads) = (input, 8, 2, 2)
    (options.patchHeight, options.patchWidth) = (4, 3)
    if input == .text { options.vocabulary = 11 }
    change(&options)
    return .transformer(options.settled)
  }
}
