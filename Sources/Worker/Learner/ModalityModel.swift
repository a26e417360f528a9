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
  private var data: ModalityData
  private let standardiser: Standardiser
  private let tokeniser: (any Tokeniser)?
  private let loaders: Int
  /// What splits are evaluated from, once they were.
  private var evaluationFeeds: [EvaluatedSplit: BatchFeed] = [:]
  /// What is saved of where the encoder's first weights came from.
  private let provenance: [String: String]

  /// Where a model goes on from.
  struct Saved {
    /// The folder of its weights.
    let folder: String
    /// Whether it is trained on: then all is restored that training must not forget.
    let isResumed: Bool
  }

  /// The model that a configuration asks for, fresh or as it was saved.
  ///
  /// - Parameters:
  ///   - start: what the encoder begins as, which `configuration` knows; nil: it is drawn.
  ///   - origin: what was saved; nil: fresh weights.
  init(
    configuration: RunConfiguration, modality index: Int, data raw: ModalityData,
    rosters: Rosters, endpoint: Endpoint, start: EncoderStart?, origin: Saved?
  ) throws {
    let modality = configuration.modalities[index]
    name = modality.name
    self.modality = index
    let saved = try origin.map {
      try TensorFile(path: "\($0.folder)/\(ModelFiles.encoder(of: modality.name))")
    }
    tokeniser = raw.tokeniser
    provenance = start?.metadata ?? [:]
    if let saved { try Self.check(raw.tokeniser, against: saved) }
    let kind = modality.source.standardisation
    if let saved {
      // The parts of a checkpoint have been looked at as a whole.
      if origin?.isResumed == false { try WeightsSeal.check(saved) }
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
    let network = try configuration.makeNetwork(
      of: index, inputShape: raw.train.sampleShape, tokens: raw.tokenCount, capacity: capacity,
      generator: SeededGenerator(seed: configuration.seed, stream: "encoder/\(modality.name)"))
    _ = try start?.weights?.load(into: network.first)
    let sequence = TrainingSequence(
      configuration, modality: index, shards: network.shards, roster: rosters.train)
    let (augmentation, train) = (try modality.augmentation(of: raw), data.train)
    loaders = configuration.data.media.loaders
    let feed = try BatchFeed(of: train, loaders: loaders, successor: sequence.successor) {
      try SampleMaker(
        train, augmentation: augmentation, seed: configuration.seed, name: modality.name)
    }
    learner = ModalityLearner(
      network: network, source: train, classCount: configuration.classes.count,
      options: configuration.scheduled(modality.optimizer), feed: feed,
      onNonfinite: configuration.execution.onNonfinite)
    method = configuration.method.worker(
      on: WorkerRank(
        configuration: configuration, modality: index, learner: learner, batchSize: capacity,
        endpoint: endpoint))
    if let saved {
      try saved.restore(learner.encoder.weights, prefix: Self.encoderPrefix)
      try saved.restore(method.weights, prefix: Self.headPrefix)
    }
    if let origin, origin.isResumed {
      try TensorFile(path: "\(origin.folder)/\(ModelFiles.state(of: name))").restore(rest)
    }
    // Whoever only evaluates sees every sample once anyway.
    if modality.pretraining.cachesFeatures, origin?.isResumed != false {
      try cacheFeatures(rosters)
    }
  }

  /// Has the frozen layers, whose weights stay as they are now, see every sample once for all.
  private func cacheFeatures(_ rosters: Rosters) throws {
    func features(_ source: any SampleSource, _ splits: [Roster]) throws -> FeatureSource {
      let rows = splits.flatMap { $0.rows[modality].filter { $0 != Roster.absent }.map(Int.init) }
      return try FeatureSource(
        source, rows: rows.sorted(), of: learner.encoder, capacity: learner.evaluationCapacity,
        loaders: loaders)
    }
    let train = try features(data.train, [rosters.train, rosters.validation])
    data = ModalityData(
      train: train, test: try features(data.test, [rosters.test]), warnings: data.warnings)
    learner.begin(with: train)
  }

  /// The number of floats that training moves on this rank.
  var parameterCount: Int {
    learner.encoder.store.moving.count + method.weights.reduce(0) { $0 + $1.shape.elementCount }
  }

  /// Seconds that training has waited for samples since the run began.
  var waitedForSamples: Double { learner.waitedSeconds }

  /// Where the time of training has gone, as far as the learner knows.
  var phases: PhaseTimes { learner.phases }

  /// The mini-batches that were left out since the run began.
  var skippedCount: Int { learner.nonfinite.total }

  /// Gives `body` the logits `[n, K]` of the samples of a split that this modality has, in roster
  /// order, as many at a time as `Roster.chunks` says.
  func evaluate(
    _ split: EvaluatedSplit, rosters: Rosters, chunk: Int, _ body: ([Float]) throws -> Void
  ) throws {
    let chunks = rosters[split].chunks(of: modality, size: chunk).map { samples in
      samples.map { Int(rosters[split].rows[modality][$0]) }
    }
    let feed = try evaluationFeed(of: split, chunks)
    for rows in chunks { try body(learner.logits(of: rows, from: feed, head: method.head)) }
  }

  /// What the chunks of a split, which are always the same, are evaluated from.
  private func evaluationFeed(of split: EvaluatedSplit, _ chunks: [[Int]]) throws -> BatchFeed {
    if let feed = evaluationFeeds[split] { return feed }
    let source = split == .test ? data.test : data.train
    let feed = try BatchFeed(
      of: source, loaders: loaders,
      evaluating: chunks.flatMap { BatchRequest.evaluating($0, atMost: learner.evaluationCapacity) }
    )
    evaluationFeeds[split] = feed
    return feed
  }
}

// MARK: - Saving

extension ModalityModel {
  /// SHA-256 over all weights of this modality.
  func weightsDigest() throws -> String { try WeightsDigest.hex(of: weights) }

  /// This rank's part of a checkpoint: a file with everything that evaluation needs of the modality, and
  /// one with all else that training must not forget.
  func snapshot(at position: RunPosition) -> PartSnapshot {
    var part = PartSnapshot()
    part.add(
      ModelFiles.encoder(of: name), weights + standardisation, metadata: metadata(at: position),
      isSealed: true)
    part.add(ModelFiles.state(of: name), rest, metadata: ["modality": name])
    return part
  }

  /// With what makes a token number mean something, where samples are texts.
  private func metadata(at position: RunPosition) -> [String: String] {
    var metadata = ["modality": name, "epochs": "\(position.epoch)"]
    if position.cycle > 0 { metadata["cycles"] = "\(position.cycle)" }
    metadata.merge(provenance) { _, ours in ours }
    if let tokeniser { metadata[Self.vocabularyKey] = tokeniser.identity }
    return metadata
  }

  /// Throws when the text options give other token numbers than those that the weights know.
  private static func check(_ tokeniser: (any Tokeniser)?, against file: TensorFile) throws {
    guard let tokeniser else { return }
    let saved = file.metadata[vocabularyKey] ?? ""
    // Scalar by scalar: strings would be equal that are only canonically equivalent.
    guard !saved.unicodeScalars.elementsEqual(tokeniser.identity.unicodeScalars) else { return }
    throw FileError(file.place, tokeniser.difference(from: saved))
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

  /// What training must not forget beside the weights.
  private var rest: [NamedState] {
    let weights = Set(weights.map(\.name))
    return (learner.state + method.state.named(in: Self.headPrefix))
      .filter { !weights.contains($0.name) }
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
