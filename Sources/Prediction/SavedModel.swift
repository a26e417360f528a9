import Configuration
import Coordinator
import MLA
import Runs
import Storage

/// The model of a run as it stands on the disk: with its folder's `model.json`, `configuration.yaml`, the weights
/// that they name and, where there is one, `fusion.json`, it needs nothing else.
public struct SavedModel: Sendable {
  /// What was trained, and how samples are prepared.
  public let configuration: RunConfiguration
  /// What is to be said of the model before it is used, a sentence each.
  public let warnings: [String]
  /// How much of the run is in the weights.
  public let position: RunPosition

  /// The axes of one sample of each modality.
  let sampleShapes: [[Int]]
  /// The most samples of each modality's forward passes.
  let capacities: [Int]
  let pool: RobustPool?
  private let path: String
  private let origin: RunOrigin

  /// The model of the run in a folder.
  ///
  /// - Parameters:
  ///   - fusion: how modalities are fused; nil: as the run's configuration says.
  ///   - overrides: keys of the configuration with other values, as after `--set`.
  /// - Throws: `RunError` where there is no such model, or an older build wrote it.
  public init(_ folder: String, fusion: FusionKind? = nil, overrides: [String] = []) throws {
    let run = try RunDirectory(existing: folder)
    configuration = try RunConfiguration.saved(in: run, fusion: fusion, overrides: overrides)
    let description = try ModelDescription(of: run, for: configuration)
    guard let capacities = description.capacities(of: configuration) else {
      throw RunError.unreadable(
        file: run.model,
        problem:
          "has format 1, of an older build, which does not say how its samples pass forward: go on with the run (train --resume) for a model of this build"
      )
    }
    let fitted = try FusionRecord.read(
      from: run, of: configuration, model: description.weights)
    (self.capacities, sampleShapes) = (capacities, description.sampleShapes)
    (path, position) = (run.path, description.position)
    pool = fitted?.fit.pool
    origin = RunOrigin(evaluating: description.weights, of: run.path)
    let isUnfitted = configuration.fusion.kind.isFitted && fitted == nil
    warnings = isUnfitted ? [FusionRecord.absence(of: configuration)] : []
  }

  /// The folder of the coordinator's weights.
  var weights: String { "\(path)/\(origin.folder)" }

  /// The folder of a modality's weights: that of an earlier checkpoint where it was absent at the end.
  func weights(of modality: Int) -> String { "\(path)/\(origin.folder(of: modality))" }

  /// The place of a modality.
  ///
  /// - Throws: `PredictionError.unknownModality`.
  func place(of name: String) throws -> Int {
    let names = configuration.modalities.map(\.name)
    guard let place = names.firstIndex(of: name) else {
      throw PredictionError.unknownModality(name, known: names)
    }
    return place
  }
}
