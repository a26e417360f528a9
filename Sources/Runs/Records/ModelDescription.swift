import Configuration
import Coordinator
import MLA
import Networks
import Storage

/// `model.json`: which weights are the model of a run, how to rebuild it, and where it comes from.
///
/// With the files that it names the model stands by itself: nothing that it was trained on is needed to evaluate
/// it or to predict with it. It is written after all weights that it names, so a run that ends in between keeps
/// the model before.
package struct ModelDescription {
  /// The version of this file's layout.
  static let currentFormat = 2
  /// The resolved configuration, beside this file: classes, modalities, encoders.
  static let configuration = "configuration.yaml"

  /// The folder of the weights, beside this file.
  package let weights: String
  /// How much of the run is in them.
  package let position: RunPosition
  /// The axes of one sample of each modality, in the configuration's order.
  package let sampleShapes: [[Int]]
  /// What else the file has; nil: format 1, which had no more.
  let whole: Whole?

  /// What format 2 has beside format 1.
  struct Whole {
    /// The names of the classes.
    let classes: [String]
    /// By the names of modalities, the most samples of a forward pass in an evaluation.
    let capacities: [String: Int]
    /// The samples of the validation split.
    let validationCount: Int
  }

  enum Key: String, CaseIterable {
    case format, configuration, weights, epochs, cycles
    case sampleShapes = "sample_shapes"
    case classes, features, method, modalities, provenance
    case validationCount = "validation_samples"
  }

  /// The key of a modality that is read.
  static let capacityKey = "forward_samples"

  init(
    weights: String, position: RunPosition, sampleShapes: [[Int]], whole: Whole?
  ) {
    (self.weights, self.position) = (weights, position)
    (self.sampleShapes, self.whole) = (sampleShapes, whole)
  }

  /// Whether a fusion that has to be fitted can be: there are validation samples enough, as far as is known.
  var hasSamplesToFit: Bool { whole.map { $0.validationCount >= PoolFit.leastSamples } ?? true }

  /// The most samples of each modality's forward passes; nil: an older build has not written them.
  package func capacities(of configuration: RunConfiguration) -> [Int]? {
    whole.map { whole in configuration.modalities.map { whole.capacities[$0.name] ?? 1 } }
  }
}

// MARK: - Writing

extension ModelDescription {
  /// What is written of saved weights.
  static func json(
    of saved: SavedWeights, _ configuration: RunConfiguration
  ) throws -> JSONValue {
    var members: [Key: JSONValue] = [
      .format: .integer(currentFormat), .configuration: .text(Self.configuration),
      .weights: .text(saved.folder), .epochs: .integer(saved.position.epoch),
      .sampleShapes: .list(
        saved.modalities.map { .list($0.sampleShape.map { .integer($0) }) }),
      .classes: .list(configuration.classes.map { .text($0) }),
      .validationCount: .integer(saved.validationCount),
      .features: .integer(configuration.features), .method: .text(configuration.method.kind),
      .modalities: .named(
        try zip(configuration.modalities, saved.modalities).map {
          ($0.name, try json(of: $1, $0))
        }
      ) { $0 },
      .provenance: [
        "antiphon": .text(AntiphonVersion.current), "swift": .text(AntiphonVersion.compiler),
        "seed": .unsigned(configuration.seed),
        "configuration_sha256": .text(hash(of: configuration.yaml)),
      ],
    ]
    // Weights from the middle of an epoch.
    if saved.position.cycle > 0 { members[.cycles] = .integer(saved.position.cycle) }
    return .named(members) { ($0.key.rawValue, $0.value) }
  }

  private static func json(
    of saved: SavedModality, _ modality: ModalityConfiguration
  ) throws -> JSONValue {
    let encoder =
      saved.encoder.isEmpty
      ? modality.encoder
      : try EncoderArchitecture(yaml: saved.encoder, place: "modality \(modality.name)")
    return [
      "encoder": encoder.described, "preprocessing": modality.source.described,
      capacityKey: .integer(saved.capacity),
      "tokens": saved.tokenCount > 0 ? .integer(saved.tokenCount) : .null,
      "data_sha256": .text(saved.dataDigest),
    ]
  }

  private static func hash(of text: String) -> String {
    var digest = SHA256()
    digest.update(text.utf8)
    return digest.hex
  }
}
