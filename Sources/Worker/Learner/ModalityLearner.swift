import Configuration
import Datasets
import Exchange
import Networks
import Tensors

/// One modality's encoder with its optimizer and its data: what a worker owns.
///
/// The mini-batch that was loaded last is the one that `forward` and `backward` speak of. Where ranks share
/// the modality, this is one of them, with its shards of the mini-batch; with a `FeatureGroup` it is the one
/// that sees the features of all.
public final class ModalityLearner {
  /// The encoder, for this rank's shards.
  public let network: ShardedEncoder
  /// The encoder, as it is saved.
  public var encoder: Encoder { network.first }
  /// The optimizer of the encoder.
  public let optimizer: Optimizer
  /// Its options.
  public let options: OptimizerOptions
  /// The number of classes.
  public let classCount: Int

  /// The labels of the mini-batch loaded last, `[n]`.
  public let labels: Buffer<Int32>

  /// This rank's samples of the mini-batch.
  private(set) var input: Tensor
  /// The rows of the mini-batch in `source`, and its place in training.
  private(set) var rows: [Int] = []
  private var place = TrainingPlace(epoch: 0, batch: 0)
  private(set) var source: any SampleSource
  private var feed: BatchFeed
  let evaluationLogits: Tensor
  /// What becomes of mini-batches whose numbers are not finite.
  public let nonfinite: NonfiniteGuard
  /// Where the time goes: loading, forward and backward passes.
  public internal(set) var phases = PhaseTimes()
  /// What becomes of the encoder's gradients in the mini-batch, before its step; nil: nothing.
  var change: GradientChange?
  /// Whether an input of zeros rides along with each mini-batch, as one more sample after the others.
  var ridesZero = false
  /// Running statistics as they were before a mini-batch that may be left out.
  private let statistics: [Buffer<Float>]

  private let step: any EncoderStep
  private let ownStep: OwnStep
  /// The other ranks that share the modality; nil: there are none, or another rank speaks for all.
  public var group: (any FeatureGroup)?

  /// A learner over the samples of `source`, with room for `capacity` samples in a forward pass.
  ///
  /// - Parameters:
  ///   - feed: what the samples of training mini-batches come from; nil: from the source, as they are.
  ///   - onNonfinite: to `skip`, the encoder must hold all its gradients.
  public convenience init(
    encoder: Encoder, source: any SampleSource, classCount: Int, capacity: Int,
    options: OptimizerOptions, feed: BatchFeed? = nil,
    onNonfinite: ExecutionOptions.NonfinitePolicy = .stop
  ) {
    self.init(
      network: ShardedEncoder(encoder, capacity: capacity), source: source, classCount: classCount,
      options: options, feed: feed, onNonfinite: onNonfinite)
  }

  /// A learner with an encoder in shards.
  ///
  /// - Parameters:
  ///   - feed: what the samples of training mini-batches come from; nil: from the source, as they are.
  ///   - onNonfinite: to `skip`, the encoder must hold all its gradients.
  ///   - optimizer: an optimizer of the first encoder's store; nil: one with memory of its own.
  ///   - step: what moves the encoder; nil: the optimizer alone.
  public init(
    network: ShardedEncoder, source: any SampleSource, classCount: Int, options: OptimizerOptions,
    feed: BatchFeed? = nil, onNonfinite: ExecutionOptions.NonfinitePolicy = .stop,
    optimizer: Optimizer? = nil, step: (any EncoderStep)? = nil
  ) {
    let store = network.first.store
    precondition(onNonfinite == .stop || store.gradientMemory == .whole)
    self.network = network
    self.source = source
    self.feed = feed ?? BatchFeed(copying: source)
    self.options = options
    self.classCount = classCount
    self.optimizer = optimizer ?? Optimizer(options, for: store)
    ownStep = OwnStep(self.optimizer, for: store, sumsChunks: network.shards.count > 1)
    self.step = step ?? ownStep
    input = Tensor(
      network.first.inputShape, capacity: network.shards.ownCapacity(network.capacity), count: 0)
    labels = Buffer(network.capacity)
    evaluationLogits = Tensor([classCount], capacity: network.shardCapacity)
    nonfinite = NonfiniteGuard(onNonfinite)
    statistics =
      onNonfinite == .skip ? network.first.states.map { Buffer($0.values.storage.count) } : []
  }

  /// Whether mini-batches may be left out.
  var skipsNonfinite: Bool { nonfinite.policy == .skip }
  /// The place of this rank's first sample in the mini-batch.
  var firstPlace: Int { network.shards.ownRows(in: rows.count).lowerBound }

  /// All that training must not forget of a modality: weights, the optimizer's memory, the
  /// generators of dropout. (What changes samples at random follows from their place in training.)
  public var state: [NamedState] {
    network.state.named(in: "encoder.") + optimizer.state.named(in: "optimizer.")
      + [nonfinite.state.named(in: "skipped.")]
  }

  /// Seconds that training has waited for samples.
  public var waitedSeconds: Double { feed.waitedSeconds }

  /// Goes on with what the encoder's frozen layers, which must give a vector a sample, made of the samples
  /// of `source`: training from then on, and what is evaluated too, are samples of such sources.
  func begin(with features: FeatureSource) {
    source = features
    feed = BatchFeed(copying: features)
    input = Tensor(features.sampleShape, capacity: input.capacity, count: 0)
    network.beginsBehindFrozen = true
  }

  /// Loads a training mini-batch by the rows of the source, changed at random as its place says: this
  /// rank's samples of it, and all labels.
  public func load(_ rows: [Int], at place: TrainingPlace) throws {
    try group?.goOn()
    (self.rows, self.place) = (rows, place)
    let began = ContinuousClock.now
    let request = BatchRequest(rows, at: place).part(network.shards)
    input.count = 0
    if !request.rows.isEmpty { try Trace.span("load") { try feed.load(request, into: input) } }
    if ridesZero {
      input.count += 1
      input.buffer(of: input.count - 1).update(repeating: 0)
    }
    for (place, row) in rows.enumerated() { labels[place] = Int32(source.labels[row]) }
    phases.load += began.secondsAgo
  }

  /// The features `[n, D]` of the mini-batch.
  public func forward() throws -> Tensor {
    let own = try forwardOwn()
    return try group.map { group in
      try Trace.span("gather") { try group.gather(own, of: rows.count) }
    } ?? own
  }

  /// The features of this rank's samples of the mini-batch.
  public func forwardOwn() throws -> Tensor {
    var began = ContinuousClock.now
    try step.settle()
    phases.exchange += began.secondsAgo
    began = .now
    defer { phases.forward += began.secondsAgo }
    for (kept, state) in zip(statistics, encoder.states) { kept.update(from: state.values.storage) }
    return try Trace.span("forward") {
      try network.forward(
        input, of: rows.count + (ridesZero ? 1 : 0), at: [place.epoch, place.batch])
    }
  }

  /// Moves the encoder by one step, given the gradient of the loss with respect to the
  /// mini-batch's features.
  ///
  /// - Returns: the part of the encoder whose gradient is infinite or not a number, so that the step has
  ///   spoilt it; nil: none is.
  @discardableResult
  public func backward(_ featureGradient: Tensor, learningRate: Double) throws -> String? {
    let own =
      try group.map { group in
        try Trace.span("scatter") { try group.scatter(featureGradient, learningRate: learningRate) }
      } ?? featureGradient
    return try backwardOwn(own, learningRate: learningRate)
  }

  /// The same, given the gradient with respect to the features of this rank's samples.
  @discardableResult
  public func backwardOwn(_ featureGradient: Tensor, learningRate: Double) throws -> String? {
    var began = ContinuousClock.now
    try step.begin(learningRate: learningRate)
    try Trace.span("backward") { try passBackward(featureGradient) { try step.complete($0) } }
    phases.backward += began.secondsAgo
    began = .now
    let nonfinite = try Trace.span("step") { try step.finish() }
    // An optimizer alone steps then; a group waits for its slowest rank.
    if step === ownStep {
      phases.backward += began.secondsAgo
    } else {
      phases.exchange += began.secondsAgo
    }
    try network.moveStatistics()
    return nonfinite.map(name(of:))
  }

  /// The first half of a step of whoever leaves mini-batches out: finds the gradients and moves
  /// nothing. Whether all of them are finite.
  func findGradients(_ featureGradient: Tensor) throws -> Bool {
    precondition(group == nil, "ranks that share a modality leave no mini-batch out")
    let began = ContinuousClock.now
    defer { phases.backward += began.secondsAgo }
    try Trace.span("backward") { try passBackward(featureGradient) { _ in } }
    return ownStep.checkGradients()
  }

  /// The second half: moves the encoder along them.
  func move(learningRate: Double) throws {
    let began = ContinuousClock.now
    Trace.span("step") { _ = optimizer.step(learningRate: learningRate) }
    phases.backward += began.secondsAgo
    try network.moveStatistics()
  }

  /// Leaves the mini-batch out, as if it had not been, or throws: the running statistics are those of
  /// before. What was drawn for it stays drawn.
  func leaveOut(_ found: NonfiniteBatch) throws {
    try nonfinite.leaveOut(found)
    for (kept, state) in zip(statistics, encoder.states) { state.values.storage.update(from: kept) }
  }

  /// Moves the encoder as PyTorch before 2.0 did in the turns of others: decay and momentum alone.
  public func drift(learningRate: Double) throws {
    try group?.drift(learningRate: learningRate)
    try driftOwn(learningRate: learningRate)
  }

  /// The same for what this rank moves.
  func driftOwn(learningRate: Double) throws {
    let store = encoder.store
    guard step !== ownStep else { return optimizer.stepWithoutGradient(learningRate: learningRate) }
    try step.begin(learningRate: learningRate)
    for range in store.layerRanges.reversed() where store.moving.overlaps(range) {
      store.gradients(of: range).update(repeating: 0)
      try step.complete(range)
    }
    _ = try step.finish()
  }

  /// Waits until the weights are those after the last step: whoever looks at them asks for that first.
  public func settle() throws { try step.settle() }
}
