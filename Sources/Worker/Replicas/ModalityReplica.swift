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

  private let configuration: RunConfiguration
  private let modality: Int
  private let link: GroupLink
  private let group: ReplicaGroup?
  /// What moves the encoder together with other ranks; nil: there are none.
  private let step: ReplicaStep?
  private let rosters: Rosters
  private var data: ModalityData
  /// What splits are evaluated from, once they were.
  private var evaluationFeeds: [EvaluatedSplit: BatchFeed] = [:]

  private var loaders: Int { configuration.data.media.loaders }

  /// The part of the rank at a place of its group, with fresh weights.
  ///
  /// - Parameters:
  ///   - raw: the data as they were opened.
  ///   - group: the ranks that share the modality; nil: it is one.
  init(
    _ configuration: RunConfiguration, modality index: Int, data raw: ModalityData,
    standardiser: Standardiser, rosters: Rosters, link: GroupLink, group: ReplicaGroup?
  ) throws {
    let modality = configuration.modalities[index]
    (self.configuration, self.modality) = (configuration, index)
    (self.link, self.rosters) = (link, rosters)
    data = raw.standardised(with: standardiser)

    // Evaluation takes no more samples at a time than training may: a layer's memory is proportional.
    func count(_ roster: Roster, _ modality: Int) -> Int { roster.samples(of: modality).count }
    let capacity = configuration.batchCapacity(
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
  /// - Parameter isTrained: false where it is only evaluated.
  convenience init(
    following link: GroupLink, _ group: ReplicaGroup?, _ configuration: RunConfiguration,
    modality index: Int, data raw: ModalityData, rosters: Rosters, isTrained: Bool
  ) throws {
    let modality = configuration.modalities[index]
    let standardiser = Standardiser(
      unfitted: modality.source.standardisation, sampleShape: raw.train.sampleShape)
    try link.share(standardiser.state)
    try self.init(
      configuration, modality: index, data: raw, standardiser: standardiser, rosters: rosters,
      link: link, group: group)
    try begin(isTrained: isTrained)
  }

  /// What is to be said of how the ranks share memory; nil: nothing.
  var notice: String? { group?.notice }

  /// Begins with what the leader has drawn, loaded or restored; all ranks of the group do.
  func begin(isTrained: Bool) throws {
    if let step {
      try step.spread()
      try link.share(
        learner.encoder.states.map {
          NamedState($0.name, $0.values.sampleShape, $0.values.storage)
        })
    }
    // Whoever only evaluates sees every sample once anyway.
    if configuration.modalities[modality].pretraining.cachesFeatures, isTrained {
      try cacheFeatures()
    }
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

  /// Gives `body` the logits of the samples of a split that this modality has, in roster order, as many at a
  /// time as `Roster.chunks` says, those of one head after the other: of a leader those of all, of another
  /// rank its own share.
  func evaluate(
    _ split: EvaluatedSplit, epoch: Int, heads: [Head], _ body: (EvaluatedLogits) throws -> Void
  ) throws {
    if link.hasOthers {
      try link.share(heads.enumerated().flatMap { $1.state.named(in: "\($0).") })
    }
    let chunks = rosters[split].chunks(of: modality, size: configuration.evaluation.batchSize)
      .map { samples in samples.map { Int(rosters[split].rows[modality][$0]) } }
    let feed = try evaluationFeed(of: split, chunks)
    for (number, rows) in chunks.enumerated() {
      let owner = owner(ofChunk: number)
      if owner == link.place.rank {
        for logits in try learner.logits(of: rows, from: feed, heads: heads) { try body(logits) }
      } else if link.place.isLeader {
        for _ in heads {
          try body(link.endpoint.receive(EvaluatedLogits(), number: epoch, from: owner))
        }
      }
    }
  }

  /// Gives `body` the logits of the shuffled inputs of the validation samples that this modality has, as many at
  /// a time as those of the samples themselves. A leader alone does this: which inputs meet follows from all.
  func evaluateShuffled(head: Head, _ body: (EvaluatedLogits) throws -> Void) throws {
    let roster = rosters.validation
    let chunks = roster.chunks(of: modality, size: configuration.evaluation.batchSize)
    let name = configuration.modalities[modality].name
    let found = try learner.shuffledLogits(
      of: chunks.joined().map { Int(roster.rows[modality][$0]) }, from: data.train,
      loaders: loaders, head: head,
      SeededGenerator(seed: configuration.seed, stream: "fusion/shuffle/\(name)"))
    let width = head.classCount
    var place = 0
    for chunk in chunks {
      let next = place + chunk.count
      try body(
        EvaluatedLogits(
          Array(found.values[place * width..<next * width]),
          featureNorms: Array(found.featureNorms[place..<next])))
      place = next
    }
  }

  /// The rank that evaluates a chunk: which it is changes none of its bits.
  private func owner(ofChunk number: Int) -> Int {
    link.place.leader + number % link.place.ranks.count
  }

  /// What this rank's chunks of a split, which are always the same, are evaluated from.
  private func evaluationFeed(of split: EvaluatedSplit, _ chunks: [[Int]]) throws -> BatchFeed {
    if let feed = evaluationFeeds[split] { return feed }
    let source = split == .test ? data.test : data.train
    let own = chunks.enumerated().filter { owner(ofChunk: $0.offset) == link.place.rank }
    let feed = try BatchFeed(
      of: source, loaders: loaders,
      evaluating: own.flatMap {
        BatchRequest.evaluating($0.element, atMost: learner.evaluationCapacity)
      })
    evaluationFeeds[split] = feed
    return feed
  }
}

extension ModalityConfiguration {
  /// The shards of a rank of the modality's group.
  func shards(of place: GroupPlace) -> Shards {
    let each = sharding.count / place.ranks.count
    return Shards(sharding.count, own: place.index * each..<(place.index + 1) * each)
  }
}
