import Configuration
import Datasets
import Exchange
import MLA
import Networks
import Tensors

/// What every rank of a modality has of its model: the data, standardised, and the encoder for its shards.
final class ModalityReplica {
  let learner: ModalityLearner
  /// The most samples of a mini-batch.
  let capacity: Int

  let configuration: RunConfiguration
  let modality: Int
  let link: GroupLink
  private let group: ReplicaGroup?
  /// What moves the encoder together with other ranks; nil: there are none.
  private let step: ReplicaStep?
  let rosters: Rosters
  private(set) var data: ModalityData
  /// What splits are evaluated from, once they were.
  var evaluationFeeds: [EvaluatedSplit: BatchFeed] = [:]

  var loaders: Int { configuration.data.media.loaders }

  /// The part of the rank at a place of its group, with fresh weights.
  ///
  /// - Parameters:
  ///   - raw: the data as they were opened.
  ///   - group: the ranks that share the modality; nil: it is one.
  ///   - known: the most samples of a forward pass, where it is known; nil: it follows from the samples.
  init(
    _ configuration: RunConfiguration, modality index: Int, data raw: ModalityData,
    standardiser: Standardiser, rosters: Rosters, link: GroupLink, group: ReplicaGroup?,
    capacity known: Int? = nil
  ) throws {
    let modality = configuration.modalities[index]
    (self.configuration, self.modality) = (configuration, index)
    (self.link, self.rosters) = (link, rosters)
    data = raw.standardised(with: standardiser)

    // Evaluation takes no more samples at a time than training may: a layer's memory is proportional.
    func count(_ roster: Roster, _ modality: Int) -> Int { roster.samples(of: modality).count }
    let capacity =
      known
      ?? configuration.batchCapacity(
        own: count(rosters.train, index),
        largest: configuration.modalities.indices.map { count(rosters.train, $0) }.max() ?? 0,
        evaluated: max(count(rosters.validation, index), count(rosters.test, index)))
    self.capacity = capacity
    let shards = modality.shards(of: link.place)
    let options = configuration.scheduled(modality.optimizer)
    func network(
      in memory: ParameterMemory = .own, _ generator: SeededGenerator? = nil
    ) throws -> ShardedEncoder {
      try configuration.makeNetwork(
        of: index, inputShape: raw.train.sampleShape, tokens: raw.tokenCount, capacity: capacity,
        shards: shards, memory: memory, generator: generator)
    }
    let memory = try group.map { group in
      let plan = MemoryPlan()
      let planned = try plan.counting { try network() }
      return try ReplicaMemory(group, like: planned.first.store, options: options)
    }
    let parameters = memory?.parameters ?? .own
    let network = try network(
      in: parameters,
      SeededGenerator(seed: configuration.seed, stream: "encoder/\(modality.name)"))
    let optimizer = Optimizer(options, for: network.first.store, memory: parameters)
    if let group, let memory {
      step = try ReplicaStep(group, memory, store: network.first.store, optimizer: optimizer)
      network.exchange = GroupMoments(group)
    } else {
      step = nil
    }
    self.group = group
    let sequence = TrainingSequence(
      configuration, modality: index, shards: shards, roster: rosters.train)
    let (augmentation, train) = (try modality.augmentation(of: raw), data.train)
    let feed = try BatchFeed(
      of: train, loaders: configuration.data.media.loaders, successor: sequence.successor
    ) {
      try SampleMaker(
        train, augmentation: augmentation, seed: configuration.seed, name: modality.name)
    }
    learner = ModalityLearner(
      network: network, source: train, classCount: configuration.classes.count, options: options,
      feed: feed, onNonfinite: configuration.execution.onNonfinite, optimizer: optimizer,
      step: step)
  }

  /// The part of a rank that another speaks for, which hears from that one what it begins with.
  ///
  /// - Parameter origin: the saved model; nil: weights are fresh.
  convenience init(
    following link: GroupLink, _ group: ReplicaGroup?, _ configuration: RunConfiguration,
    modality index: Int, data raw: ModalityData, rosters: Rosters, origin: ModalityModel.Saved?
  ) throws {
    let modality = configuration.modalities[index]
    let standardiser = Standardiser(
      unfitted: modality.source.standardisation, sampleShape: raw.train.sampleShape)
    try link.share(standardiser.state)
    try self.init(
      configuration, modality: index, data: raw, standardiser: standardiser, rosters: rosters,
      link: link, group: group, capacity: origin?.capacity)
    try begin(isTrained: origin?.isResumed != false)
  }

  /// What is to be said of how the ranks share memory; nil: nothing.
  var notice: String? { group?.notice }

  /// Begins with what the leader has drawn, loaded or restored; all ranks of the group do.
  func begin(isTrained: Bool) throws {
    try spread()
    // Whoever only evaluates sees every sample once anyway.
    if configuration.modalities[modality].pretraining.cachesFeatures, isTrained {
      try cacheFeatures()
    }
  }

  /// Gives the values of the leader to all ranks of the group; all of them do this together.
  func spread() throws {
    guard let step else { return }
    try step.spread()
    try link.share(
      learner.encoder.states.map {
        NamedState($0.name, $0.values.sampleShape, $0.values.storage)
      })
  }

  /// Has the leader know all that the optimizers remember; all ranks of the group do.
  func collect() throws { try step?.collectStates() }

  /// Has the other ranks of this host stop, because this one cannot go on.
  func fail() { group?.fail() }

  /// Has the frozen layers, whose weights stay as they are now, see every sample once for all.
  private func cacheFeatures() throws {
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
}

extension ModalityConfiguration {
  /// The shards of a rank of the modality's group.
  func shards(of place: GroupPlace) -> Shards {
    let each = sharding.count / place.ranks.count
    return Shards(sharding.count, own: place.index * each..<(place.index + 1) * each)
  }
}
