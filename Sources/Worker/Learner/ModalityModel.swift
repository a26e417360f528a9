import Configuration
import Datasets
import Exchange
import MLA
import Networks
import Storage
import Tensors

/// One modality's model in a run: standardised data, encoder, and the method that trains it.
final class ModalityModel {
  let method: any WorkerMethod

  private let name: String
  private let modality: Int
  private let learner: ModalityLearner
  private let data: ModalityData
  private let standardiser: Standardiser
  private let vocabulary: Vocabulary?

  /// The model that a configuration asks for, fresh or with the weights of a saved one.
  ///
  /// - Parameter weights: the folder of saved weights; nil: fresh ones.
  init(
    configuration: RunConfiguration, modality index: Int, data raw: ModalityData,
    rosters: Rosters, endpoint: Endpoint, weights: String?
  ) throws {
    let modality = configuration.modalities[index]
    name = modality.name
    self.modality = index
    let saved = try weights.map {
      try TensorFile(path: "\($0)/\(ModelFiles.encoder(of: modality.name))")
    }
    vocabulary = raw.vocabulary
    if let saved { try Self.check(raw.vocabulary, against: saved) }
    let kind = modality.source.standardisation
    if let saved {
      try WeightsSeal.check(saved)
      standardiser = try Self.standardiser(kind, from: saved, sampleShape: raw.train.sampleShape)
    } else {
      let rows = rosters.train.rows[index].filter { $0 != Roster.absent }.map(Int.init)
      standardiser = try Standardiser(kind, fittedTo: raw.train, on: rows)
    }
    data = raw.standardised(with: standardiser)

    // Evaluation takes no more samples at a time than training may: a layer's memory is proportional.
    func count(_ roster: Roster, _ modality: Int) -> Int { roster.samples(of: modality).count }
    let capacity = configuration.batchCapacity(
      own: count(rosters.train, index),
      largest: configuration.modalities.indices.map { count(rosters.train, $0) }.max() ?? 0,
      evaluated: max(count(rosters.validation, index), count(rosters.test, index)))
    var generator = SeededGenerator(seed: configuration.seed, stream: "encoder/\(modality.name)")
    let encoder = try modality.encoder.withVocabulary(raw.tokenCount).makeEncoder(
      inputShape: raw.train.sampleShape, features: configuration.features, capacity: capacity,
      gradients: modality.optimizer.gradientMemory, generator: &generator)
    learner = ModalityLearner(
      encoder: encoder, source: data.train, classCount: configuration.classes.count,
      capacity: capacity, options: configuration.scheduled(modality.optimizer),
      augmenter: try modality.augmenter(seed: configuration.seed, data: raw))
    method = configuration.method.worker(
      on: WorkerRank(
        configuration: configuration, modality: index, learner: learner, batchSize: capacity,
        endpoint: endpoint))
    if let saved {
      try saved.restore(learner.encoder.weights, prefix: Self.encoderPrefix)
      try saved.restore(method.weights, prefix: Self.headPrefix)
    }
  }

  /// The number of floats that training moves on this rank.
  var parameterCount: Int {
    learner.encoder.store.count + method.weights.reduce(0) { $0 + $1.shape.elementCount }
  }

  /// Gives `body` the logits `[n, K]` of the samples of a split that this modality has, in roster
  /// order, as many at a time as `Roster.chunks` says.
  func evaluate(
    _ split: EvaluatedSplit, rosters: Rosters, chunk: Int, _ body: ([Float]) throws -> Void
  ) throws {
    let source = split == .test ? data.test : data.train
    for samples in rosters[split].chunks(of: modality, size: chunk) {
      let rows = samples.map { Int(rosters[split].rows[modality][$0]) }
      try body(learner.logits(of: rows, in: source, head: method.head))
    }
  }
}

// MARK: - Saving

extension ModalityModel {
  /// SHA-256 over all weights of this modality.
  func weightsDigest() throws -> String { try WeightsDigest.hex(of: weights) }

  /// Saves everything that evaluation needs of this modality.
  ///
  /// - Parameter folder: it is there.
  func save(to folder: String, epochs: Int) throws {
    let tensors = weights + standardisation
    let seal = try WeightsSeal.metadata(of: tensors)
    try SafeTensors.write(
      tensors, metadata: metadata(epochs: epochs).merging(seal) { $1 },
      to: "\(folder)/\(ModelFiles.encoder(of: name))")
  }

  /// The words are saved in their order: what makes a token number mean something.
  private func metadata(epochs: Int) -> [String: String] {
    var metadata = ["modality": name, "epochs": "\(epochs)"]
    if let vocabulary { metadata[Self.vocabularyKey] = vocabulary.words.joined(separator: " ") }
    return metadata
  }

  /// Throws when the training texts give other token numbers than those that the weights know.
  private static func check(_ vocabulary: Vocabulary?, against file: TensorFile) throws {
    guard let vocabulary else { return }
    // Scalar by scalar: a word may begin with an accent, or be a mark that follows an emoji.
    let text = file.metadata[vocabularyKey] ?? ""
    let saved = text.unicodeScalars.split(separator: " ").map(String.init)
    guard saved != vocabulary.words else { return }
    throw FileError(
      file.place,
      "the weights know \(saved.count) words, but the training texts now give other ones "
        + "(\(vocabulary.words.count)); give the training files and text options of the saved run")
  }

  private static let vocabularyKey = "vocabulary"
  private static let encoderPrefix = "encoder."
  private static let headPrefix = "head."
  private static let standardisePrefix = "standardise."

  /// The tensors of encoder and own head.
  private var weights: [NamedState] {
    learner.encoder.weights.named(in: Self.encoderPrefix)
      + method.weights.named(in: Self.headPrefix)
  }

  private var standardisation: [NamedState] {
    standardiser.state.named(in: Self.standardisePrefix)
  }

  private static func standardiser(
    _ kind: Standardisation, from file: TensorFile, sampleShape: Shape
  ) throws -> Standardiser {
    guard kind != .none else {
      return try Standardiser(restoring: kind, means: [], scales: [], sampleShape: sampleShape)
    }
    return try Standardiser(
      restoring: kind, means: file.tensor(named: standardisePrefix + "means").floats(),
      scales: file.tensor(named: standardisePrefix + "scales").floats(), sampleShape: sampleShape)
  }
}
