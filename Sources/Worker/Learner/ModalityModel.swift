import Configuration
import Datasets
import Exchange
import MLA
import Methods
import Networks
import Storage
import Tensors

/// One modality's model in a run, with the method that trains it, on the rank that speaks for the modality.
final class ModalityModel {
  let method: any WorkerMethod
  /// What the method decided in the epoch so far.
  let notes: NoteMeans

  private let name: String
  private let link: GroupLink
  private let replica: ModalityReplica
  private let standardiser: Standardiser
  private let tokeniser: (any Tokeniser)?
  /// What is saved of where the encoder's first weights came from.
  private let provenance: [String: String]

  private var learner: ModalityLearner { replica.learner }

  /// Where a model goes on from.
  struct Saved {
    /// The folder of its weights.
    let folder: String
    /// Whether it is trained on: then all is restored that training must not forget.
    let isResumed: Bool
    /// The most samples of a forward pass where only test samples are looked at; nil: what follows from all.
    var capacity: Int?
  }

  /// The model that a configuration asks for, fresh or as it was saved.
  ///
  /// - Parameters:
  ///   - start: what the encoder begins as, which `configuration` knows; nil: it is drawn.
  ///   - origin: what was saved; nil: fresh weights.
  init(
    configuration: RunConfiguration, modality index: Int, data raw: ModalityData,
    rosters: Rosters, link: GroupLink, group: ReplicaGroup?, start: EncoderStart?, origin: Saved?
  ) throws {
    let modality = configuration.modalities[index]
    name = modality.name
    self.link = link
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
      standardiser = try EncoderFile.standardiser(
        kind, from: saved, sampleShape: raw.train.sampleShape)
    } else {
      let rows = rosters.train.rows[index].filter { $0 != Roster.absent }.map(Int.init)
      standardiser = try Standardiser(kind, fittedTo: raw.train, on: rows)
    }
    try link.share(standardiser.state)
    replica = try ModalityReplica(
      configuration, modality: index, data: raw, standardiser: standardiser, rosters: rosters,
      link: link, group: group, capacity: origin?.capacity)
    _ = try start?.weights?.load(into: replica.learner.encoder)
    let learner = replica.learner
    if link.hasOthers {
      learner.group = ReplicaLeader(
        link, shards: link.place.all.map(modality.shards(of:)),
        featureCount: configuration.features, batchSize: replica.capacity,
        mayDrift: configuration.inactiveEncoders == .zeroGrad)
    }
    let notes = NoteMeans(
      configuration.method.notes(modalityCount: configuration.modalities.count).worker)
    self.notes = notes
    method = configuration.method.worker(
      on: WorkerRank(
        configuration: configuration, modality: index, learner: learner,
        batchSize: replica.capacity, endpoint: link.endpoint, rosters: rosters
      ) { _, decided in notes.add(decided) })
    if let saved { try restore(saved) }
    if let origin, origin.isResumed {
      try TensorFile(path: "\(origin.folder)/\(ModelFiles.state(of: name))").restore(rest)
    }
    try replica.begin(isTrained: origin?.isResumed != false)
  }

  /// The number of floats that training moves on this rank.
  var parameterCount: Int {
    learner.encoder.store.moving.count + method.weights.reduce(0) { $0 + $1.shape.elementCount }
  }

  /// What is to be said of how its ranks share memory; nil: nothing.
  var notice: String? { replica.notice }

  /// Seconds that training has waited for samples since the run began.
  var waitedForSamples: Double { learner.waitedSeconds }

  /// Where the time of training has gone, as far as the learner knows.
  var phases: PhaseTimes { learner.phases }

  /// The mini-batches that were left out since the run began.
  var skippedCount: Int { learner.nonfinite.total }

  /// Gives `body` the logits of the samples of a split that this modality has, in roster order, as many at a
  /// time as `Roster.chunks` says, those of one head after the other.
  ///
  /// - Parameter sums: is given the features of all of them; nil: nobody asks.
  func evaluate(
    _ split: EvaluatedSplit, epoch: Int, adding sums: FeatureSums? = nil,
    _ body: (EvaluatedLogits) throws -> Void
  ) throws {
    try replica.evaluate(
      split, epoch: epoch, heads: method.evaluatedHeads, adding: sums, body)
  }

  /// The same of the shuffled inputs of the validation samples.
  func evaluateShuffled(_ body: (EvaluatedLogits) throws -> Void) throws {
    try replica.evaluateShuffled(head: method.head, body)
  }

  /// The same of the test samples whose inputs are spoilt.
  func evaluateSpoilt(
    _ kind: SpoiltInput, _ body: (EvaluatedLogits) throws -> Void
  ) throws {
    try replica.evaluateSpoilt(kind, heads: method.evaluatedHeads, body)
  }

  /// Has the other ranks of the modality on this host stop, because this one cannot go on.
  func fail() { replica.fail() }

  /// Takes the model of a checkpoint of this run, whose folder is given; what training remembers stays as it is, since
  /// training is over.
  func restore(from folder: String) throws {
    let saved = try TensorFile(path: "\(folder)/\(ModelFiles.encoder(of: name))")
    try WeightsSeal.check(saved)
    try restore(saved)
    try replica.spread()
  }

  private func restore(_ saved: TensorFile) throws {
    try saved.restore(learner.encoder.weights, prefix: EncoderFile.encoderPrefix)
    try saved.restore(method.weights, prefix: EncoderFile.headPrefix)
  }

  /// Ends a part of training: all weights are those after its last step.
  func settle() throws {
    try learner.group?.goOn()
    try learner.settle()
  }
}

// MARK: - Saving

extension ModalityModel {
  /// SHA-256 over all weights of this modality.
  func weightsDigest() throws -> String { try WeightsDigest.hex(of: weights) }

  /// This rank's part of a checkpoint: a file with everything that evaluation needs of the modality, and
  /// one with all else that training must not forget.
  func snapshot(at position: RunPosition) throws -> PartSnapshot {
    try replica.collect()
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
    if let tokeniser { metadata.merge(EncoderFile.metadata(of: tokeniser)) { $1 } }
    return metadata
  }

  /// Throws when the text options give other token numbers than those that the weights know.
  private static func check(_ tokeniser: (any Tokeniser)?, against file: TensorFile) throws {
    guard let tokeniser else { return }
    let saved = EncoderFile.tokeniser(in: file.metadata, place: file.place)?.identity ?? ""
    // Scalar by scalar: strings would be equal that are only canonically equivalent.
    guard !saved.unicodeScalars.elementsEqual(tokeniser.identity.unicodeScalars) else { return }
    throw FileError(file.place, tokeniser.difference(from: saved))
  }

  /// The tensors of encoder and own head.
  private var weights: [NamedState] {
    learner.encoder.weights.named(in: EncoderFile.encoderPrefix)
      + method.weights.named(in: EncoderFile.headPrefix)
  }

  /// What training must not forget beside the weights.
  private var rest: [NamedState] {
    let weights = Set(weights.map(\.name))
    let states = learner.state + method.state.named(in: EncoderFile.headPrefix)
    return states.filter { !weights.contains($0.name) } + notes.state.named(in: "notes.")
  }

  private var standardisation: [NamedState] {
    standardiser.state.named(in: EncoderFile.standardisePrefix)
  }
}
