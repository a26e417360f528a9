import Configuration
import Datasets
import Exchange
import Networks
import Tensors

/// One modality's encoder with its optimizer and its data: what a worker owns.
///
/// The mini-batch that was loaded last is the one that `forward` and `backward` speak of.
public final class ModalityLearner {
  /// The encoder.
  public let encoder: Encoder
  /// The optimizer of the encoder.
  public let optimizer: Optimizer
  /// Its options.
  public let options: OptimizerOptions
  /// The number of classes.
  public let classCount: Int

  /// The labels of the mini-batch loaded last, `[n]`.
  public let labels: Buffer<Int32>

  /// The mini-batch, and its rows of `source`.
  private(set) var input: Tensor
  private(set) var rows: [Int] = []
  private(set) var source: any SampleSource
  private var feed: BatchFeed
  /// Whether the samples are what the encoder's frozen layers made of others.
  private var seesFeatures = false
  private let evaluationLogits: Tensor
  /// What becomes of mini-batches whose numbers are not finite.
  public let nonfinite: NonfiniteGuard
  /// Running statistics as they were before a mini-batch that may be left out.
  private let statistics: [Buffer<Float>]

  /// A learner over the samples of `source`, with room for `capacity` samples in a forward pass.
  ///
  /// - Parameters:
  ///   - feed: what the samples of training mini-batches come from; nil: from the source, as they are.
  ///   - onNonfinite: to `skip`, the encoder must hold all its gradients.
  public init(
    encoder: Encoder, source: any SampleSource, classCount: Int, capacity: Int,
    options: OptimizerOptions, feed: BatchFeed? = nil,
    onNonfinite: ExecutionOptions.NonfinitePolicy = .stop
  ) {
    precondition(onNonfinite == .stop || encoder.store.gradientMemory == .whole)
    self.encoder = encoder
    self.source = source
    self.feed = feed ?? BatchFeed(copying: source)
    self.options = options
    self.classCount = classCount
    optimizer = Optimizer(options, for: encoder.store)
    input = Tensor(encoder.inputShape, capacity: capacity, count: 0)
    labels = Buffer(capacity)
    evaluationLogits = Tensor([classCount], capacity: capacity)
    nonfinite = NonfiniteGuard(onNonfinite)
    statistics =
      onNonfinite == .skip ? encoder.states.map { Buffer($0.values.storage.count) } : []
  }

  /// The most samples of a forward pass.
  var capacity: Int { input.capacity }
  /// Whether mini-batches may be left out.
  var skipsNonfinite: Bool { nonfinite.policy == .skip }

  /// All that training must not forget of a modality: weights, the optimizer's memory, the
  /// generators of dropout. (What changes samples at random follows from their place in training.)
  public var state: [NamedState] {
    encoder.state.named(in: "encoder.") + optimizer.state.named(in: "optimizer.")
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
    seesFeatures = true
  }

  /// Loads a training mini-batch by the rows of the source, changed at random as its place says.
  public func load(_ rows: [Int], at place: TrainingPlace) throws {
    self.rows = rows
    try feed.load(BatchRequest(rows, at: place), into: input)
    for (place, row) in rows.enumerated() { labels[place] = Int32(source.labels[row]) }
  }

  /// The features `[n, D]` of the mini-batch.
  public func forward() -> Tensor {
    for (kept, state) in zip(statistics, encoder.states) { kept.update(from: state.values.storage) }
    return forward(mode: .training)
  }

  private func forward(mode: Mode) -> Tensor {
    seesFeatures ? encoder.forwardMoving(input, mode: mode) : encoder.forward(input, mode: mode)
  }

  /// Moves the encoder by one step, given the gradient of the loss with respect to the
  /// mini-batch's features.
  ///
  /// - Returns: the part of the encoder whose gradient is infinite or not a number, so that the step has
  ///   spoilt it; nil: none is.
  @discardableResult
  public func backward(_ featureGradient: Tensor, learningRate: Double) -> String? {
    optimizer.step(encoder, along: featureGradient, learningRate: learningRate)
    return optimizer.nonfinite.map(name(of:))
  }

  /// The first half of a step of whoever leaves mini-batches out: finds the gradients and moves
  /// nothing. Whether all of them are finite.
  func findGradients(_ featureGradient: Tensor) -> Bool {
    encoder.backward(featureGradient)
    return optimizer.checkGradients()
  }

  /// The second half: moves the encoder along them.
  func move(learningRate: Double) { optimizer.step(learningRate: learningRate) }

  /// Leaves the mini-batch out, as if it had not been, or throws: the running statistics are those of
  /// before. What was drawn for it stays drawn.
  func leaveOut(_ found: NonfiniteBatch) throws {
    try nonfinite.leaveOut(found)
    for (kept, state) in zip(statistics, encoder.states) { state.values.storage.update(from: kept) }
  }

  /// The mini-batch as one whose `numbers` are not finite.
  func found(
    _ numbers: NonfiniteBatch.Numbers, turn: Int? = nil, epoch: Int, batch: Int, of batchCount: Int
  ) -> NonfiniteBatch {
    NonfiniteBatch(
      numbers: numbers, turn: turn, epoch: epoch, batch: batch, batchCount: batchCount,
      ids: rows.map { source.ids[$0] })
  }

  /// The part of the encoder with a gradient that is not finite: `encoder.conv1`.
  var nonfinitePart: String {
    let place = encoder.store.layerRanges.firstIndex { !encoder.store.gradients(of: $0).isFinite }
    return "encoder" + (place.map { ".\(encoder.layerNames[$0])" } ?? "")
  }

  private func name(of values: Range<Int>) -> String {
    let place = encoder.store.layerRanges.firstIndex { $0.overlaps(values) }
    return "encoder" + (place.map { ".\(encoder.layerNames[$0])" } ?? "")
  }

  /// Moves the encoder as PyTorch before 2.0 did in the turns of others: decay and momentum alone.
  public func drift(learningRate: Double) {
    optimizer.stepWithoutGradient(learningRate: learningRate)
  }

  /// The logits `[rows, K]` that `head` gives for rows of what a feed reads, without learning.
  public func logits(of rows: [Int], from feed: BatchFeed, head: Head) throws -> [Float] {
    var logits: [Float] = []
    logits.reserveCapacity(rows.count * classCount)
    for request in BatchRequest.evaluating(rows, atMost: input.capacity) {
      try feed.load(request, into: input)
      head.logits(forward(mode: .evaluation), into: evaluationLogits)
      logits += evaluationLogits.array
    }
    return logits
  }
}
