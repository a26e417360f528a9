import Configuration
import Coordinator
import Datasets
import Tensors
import Worker

/// A saved model, loaded to predict with in this process.
///
///     let predictor = try Predictor(model: "runs/first")
///     let said = try predictor.predict(["image": .file("photo.jpg"), "text": .text("a red fox")])
///     print(predictor.classes[said[0].prediction ?? 0])
///
/// It is for one thread at a time. Modalities are loaded when samples of theirs come first.
public final class Predictor {
  /// The names of the classes; their numbers are their places.
  public var classes: [String] { model.configuration.classes }
  /// The names of the modalities.
  public var modalities: [String] { model.configuration.modalities.map(\.name) }
  /// What is to be said of the model before it is used, a sentence each.
  public var warnings: [String] { model.warnings }

  let model: SavedModel
  let fusion: ModelFusion
  private var loaded: [Int: ModalityPredictor] = [:]

  /// Loads the model of a run.
  ///
  /// - Throws: an error that says in one sentence what is wrong with the model's files.
  public convenience init(model folder: String) throws {
    try self.init(SavedModel(folder))
  }

  /// Loads a model.
  public init(_ model: SavedModel) throws {
    self.model = model
    Products.current = model.configuration.execution.products
    fusion = try ModelFusion(model.configuration, savedIn: model.weights, pool: model.pool)
  }

  /// What the model says of some samples, in the order in which their ids are first listed; modalities that are not
  /// named are absent.
  ///
  /// - Throws: an error that says in one sentence which sample cannot be read, or what else is wrong.
  public func predict(_ inputs: [String: UnlabelledInput]) throws -> [PredictedSample] {
    var request = SampleRequest()
    for (modality, input) in inputs { try request.add(input, for: modality) }
    var predicted: [PredictedSample] = []
    try stream(of: request).run { samples, _ in predicted += samples }
    return predicted
  }

  /// The predictions for a request, to be taken block by block.
  func stream(of request: SampleRequest) throws -> PredictionStream {
    try request.check(model)
    let supplies = try request.inputs(of: model.configuration).enumerated().map {
      modality, input in
      try input.map {
        try LocalSupply(
          predictor(of: modality), modality: modality, $0, leavingBroken: request.leavesBroken,
          chunkSize: model.configuration.evaluation.batchSize)
      }
    }
    return try PredictionStream(supplies, fusion: fusion, of: model.configuration)
  }

  private func predictor(of modality: Int) throws -> ModalityPredictor {
    if let predictor = loaded[modality] { return predictor }
    let predictor = try ModalityPredictor(
      model.configuration, modality: modality, savedIn: model.weights(of: modality),
      sampleShape: Shape(model.sampleShapes[modality]), capacity: model.capacities[modality])
    loaded[modality] = predictor
    return predictor
  }
}
