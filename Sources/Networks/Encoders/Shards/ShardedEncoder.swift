import Tensors

/// One modality's encoder for the shards of a rank: as many encoders, each with activations and gradients of
/// its own, over the same values.
///
/// A shard is one call of an encoder, forward and backward, of a shape that mini-batch and number of shards
/// decide. The backward pass goes layer by layer over all shards, so that a layer's gradients are complete,
/// and can be used, before the next layer needs their place.
///
/// With fewer encoders than shards, the shards take turns (gradient accumulation): the features of all are
/// found first; then the forward passes of all but the last group are run again before their backward passes.
public final class ShardedEncoder {
  /// The shards of a mini-batch, and this rank's.
  public let shards: Shards
  /// The most samples of a mini-batch.
  public let capacity: Int
  /// What is computed at a time. The first has what is saved, and in the end the gradients of all shards of
  /// this rank.
  public let encoders: [Encoder]
  /// Whether batches are what the frozen layers made of samples.
  public var beginsBehindFrozen = false
  /// Where what other ranks know of their shards comes from; nil: all shards are this rank's.
  public var exchange: (any MomentExchange)? {
    get { statistics?.exchange }
    set { statistics?.exchange = newValue }
  }

  /// The features of this rank's samples; nil: those of the one encoder are.
  private let features: Tensor?
  private let randomness: ShardSeed
  let statistics: ShardStatistics?
  let additions: [ShardTree.Addition]
  let groups: ShardGroups
  /// Sums of gradients that wait for others.
  let waiting: [Buffer<Float>]
  /// The last forward pass, and the group whose activations there are.
  private var batch: (input: Tensor, sampleCount: Int, place: [Int])?
  private(set) var present = 0
  /// What the one encoder has drawn its last forward pass from.
  private var drawn: [SeededGenerator] = []

  /// The mini-batch as one shard, by `encoder`, for up to `capacity` samples.
  public convenience init(_ encoder: Encoder, capacity: Int) {
    self.init(
      [encoder], shards: .whole, capacity: capacity, synchronisesNorms: false,
      randomness: ShardSeed())
  }

  /// This rank's shards of mini-batches of up to `capacity` samples.
  ///
  /// - Parameters:
  ///   - atOnce: how many are computed at a time; nil: all. It divides their number, and is a power of two
  ///     unless it is all.
  ///   - synchronisesNorms: whether batch norms take their statistics over the whole mini-batch, for which
  ///     all shards must be computed at a time; else over each shard.
  ///   - randomness: what dropout draws from.
  ///   - makeEncoder: makes an encoder for up to so many samples with its arrays in this memory; nil
  ///     for the first, whose values the others share: they need the gradients of one layer at a time only.
  public convenience init(
    _ shards: Shards, capacity: Int, atOnce: Int? = nil, synchronisesNorms: Bool = false,
    randomness: ShardSeed = ShardSeed(),
    makeEncoder: (_ capacity: Int, _ shared: ParameterMemory?) throws -> Encoder
  ) rethrows {
    let first = try makeEncoder(shards.capacity(capacity), nil)
    let memory = ParameterMemory(values: { _ in first.store.values })
    let others = try (1..<(atOnce ?? shards.own.count)).map { _ in
      try makeEncoder(shards.capacity(capacity), memory)
    }
    self.init(
      [first] + others, shards: shards, capacity: capacity, synchronisesNorms: synchronisesNorms,
      randomness: randomness)
  }

  private init(
    _ encoders: [Encoder], shards: Shards, capacity: Int, synchronisesNorms: Bool,
    randomness: ShardSeed
  ) {
    let (count, atOnce) = (shards.own.count, encoders.count)
    precondition(
      atOnce == count || (count % atOnce == 0 && atOnce.nonzeroBitCount == 1),
      "\(atOnce) of \(count) shards at a time")
    precondition(atOnce == count || !synchronisesNorms, "norms cannot wait for shards to come")
    self.encoders = encoders
    self.shards = shards
    self.capacity = capacity
    self.randomness = randomness
    let groups = ShardGroups(count / atOnce)
    self.groups = groups
    additions = ShardTree.additions(atOnce)
    waiting = (0..<groups.placeCount).map { _ in Buffer(encoders[0].store.moving.count) }
    let isWhole = shards.count == 1
    statistics =
      isWhole ? nil : ShardStatistics(encoders, shards, isSynchronised: synchronisesNorms)
    features =
      isWhole
      ? nil : Tensor([encoders[0].featureCount], capacity: shards.ownCapacity(capacity), count: 0)
  }

  /// The encoder with what is saved.
  public var first: Encoder { encoders[0] }
  /// The most samples that are evaluated at a time.
  public var shardCapacity: Int { shards.capacity(capacity) }

  /// All that training goes on from. What shards draw follows from their place in training.
  public var state: [NamedState] { shards.count == 1 ? first.state : first.weights }

  /// The bytes of the values with all gradients.
  public var parameterByteCount: Int {
    let gradients = encoders.map(\.store.gradientCount) + waiting.map(\.count)
    return gradients.reduce(first.store.count, +) * MemoryLayout<Float>.stride
  }

  /// Takes all memory that training takes; see `Encoder.reserve`.
  public func reserve() { for encoder in encoders { encoder.reserve(shardCapacity) } }

  /// The features `[n, D]` of samples that are evaluated, at most `shardCapacity`. They hold until the next
  /// call.
  public func evaluate(_ batch: Tensor) -> Tensor { pass(batch, first, .evaluation) }

  /// The features of this rank's samples of a mini-batch of `sampleCount` samples in training. They hold until
  /// the next call.
  ///
  /// - Parameters:
  ///   - batch: this rank's samples, those at `shards.ownRows(in: sampleCount)`; not to be changed before the
  ///     backward pass.
  ///   - place: numbers that no other mini-batch has, such as its epoch and its place there.
  public func forward(_ batch: Tensor, of sampleCount: Int, at place: [Int]) throws -> Tensor {
    let rows = shards.ownRows(in: sampleCount)
    precondition(batch.count == rows.count, "\(batch.count) samples for places \(rows)")
    self.batch = (batch, sampleCount, place)
    guard let features else {
      drawn = first.randomStreams.map(\.generator)
      return pass(batch, first, .training)
    }
    // Frozen norms use running statistics, and only the first encoder has what was restored.
    for encoder in encoders.dropFirst() {
      for (state, first) in zip(encoder.states, first.states) {
        state.values.storage.update(from: first.values.storage)
      }
    }
    features.count = batch.count
    for group in groups.sums.indices { try run(group, into: features) }
    return features
  }

  /// Makes another backward pass of the mini-batch possible: activations that do not last are found anew,
  /// alike to the last bit, and nothing else changes.
  public func forwardAgain() throws {
    guard let batch else { return }
    guard !first.repeatsBackward else { return recover() }
    guard shards.count == 1 else { return present = -1 }
    let statistics = first.states.map { $0.values.array }
    for (stream, generator) in zip(first.randomStreams, drawn) { stream.generator = generator }
    _ = pass(batch.input, first, .training)
    for (state, kept) in zip(first.states, statistics) { state.values.storage.update(from: kept) }
  }

  /// The places of a shard, by its place among this rank's, among this rank's samples.
  func rows(_ place: Int) -> Range<Int> {
    let (first, count) = (shards.own.lowerBound, batch?.sampleCount ?? 0)
    let start = shards.ownRows(in: count).lowerBound
    let rows = shards.rows(of: first + place, in: count)
    return rows.lowerBound - start..<rows.upperBound - start
  }

  /// Runs the forward passes of a group, unless its activations are there.
  func recall(_ group: Int) throws {
    if group != present { try run(group, into: nil) }
  }

  private func run(_ group: Int, into features: Tensor?) throws {
    guard let batch else { preconditionFailure("backward before training forward") }
    let places = encoders.indices.map { group * encoders.count + $0 }
    let rows = places.map { self.rows($0) }
    for (index, place) in places.enumerated() {
      statistics?.begin(encoder: index, place: place, isEmpty: rows[index].isEmpty)
      randomness.begin(encoders[index], shard: shards.own.lowerBound + place, at: batch.place)
    }
    let inputs = rows.map { $0.isEmpty ? nil : Tensor(rows: $0, of: batch.input) }
    let found =
      if let together = statistics?.synchronised {
        try forwardTogether(inputs, together)
      } else {
        zip(encoders, inputs).map { encoder, input in input.map { pass($0, encoder, .training) } }
      }
    for (rows, found) in zip(rows, found) {
      if let features, let found {
        Tensor(rows: rows, of: features).held.update(from: found.held)
      }
    }
    present = group
  }

  private func pass(_ batch: Tensor, _ encoder: Encoder, _ mode: Mode) -> Tensor {
    beginsBehindFrozen
      ? encoder.forwardMoving(batch, mode: mode) : encoder.forward(batch, mode: mode)
  }
}
