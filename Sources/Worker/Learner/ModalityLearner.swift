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
  let input: Tensor
  private(set) var rows: [Int] = []
  let source: any SampleSource
  private let augmenter: Augmenter?
  private let evaluationLogits: Tensor

  /// A learner over the samples of `source`, with room for `capacity` samples in a forward pass.
  ///
  /// - Parameter augmenter: changes the samples of training mini-batches; nil: they stay.
  public init(
    encoder: Encoder, source: any SampleSource, classCount: Int, capacity: Int,
    options: OptimizerOptions, augmenter: Augmenter? = nil
  ) {
    self.encoder = encoder
    self.source = source
    self.augmenter = augmenter
    self.options = options
    self.classCount = classCount
    optimizer = Optimizer(options, for: encoder.store)
    input = Tensor(encoder.inputShape, capacity: capacity, count: 0)
    labels = Buffer(capacity)
    evaluationLogits = Tensor([classCount], capacity: capacity)
  }

  /// All that training must not forget of a modality: weights, the optimizer's memory, what was drawn.
  public var state: [NamedState] {
    encoder.state.named(in: "encoder.") + optimizer.state.named(in: "optimizer.")
      + (augmenter?.state.named(in: "augmenter.") ?? [])
  }

  /// Loads a training mini-batch by the rows of the source, and augments it.
  public func load(_ rows: [Int]) throws {
    self.rows = rows
    try load(rows[...], of: source)
    for (place, row) in rows.enumerated() {
      labels[place] = Int32(source.labels[row])
      input.buffer(of: place).withMutableSpan { augmenter?.change(&$0) }
    }
  }

  /// The features `[n, D]` of the mini-batch.
  public func forward() -> Tensor {
    encoder.forward(input, mode: .training)
  }

  /// Moves the encoder by one step, given the gradient of the loss with respect to the
  /// mini-batch's features.
  public func backward(_ featureGradient: Tensor, learningRate: Double) {
    optimizer.step(encoder, along: featureGradient, learningRate: learningRate)
  }

  /// Moves the encoder as PyTorch before 2.0 did in the turns of others: decay and momentum alone.
  public func drift(learningRate: Double) {
    optimizer.stepWithoutGradient(learningRate: learningRate)
  }

  /// The logits `[rows, K]` that `head` gives for rows of any source, without learning.
  public func logits(of rows: [Int], in source: any SampleSource, head: Head) throws -> [Float] {
    var logits: [Float] = []
    logits.reserveCapacity(rows.count * classCount)
    for start in stride(from: 0, to: rows.count, by: input.capacity) {
      try load(rows[start..<min(start + input.capacity, rows.count)], of: source)
      head.logits(encoder.forward(input, mode: .evaluation), into: evaluationLogits)
      logits += evaluationLogits.array
    }
    return logits
  }

  private func load(_ rows: ArraySlice<Int>, of source: any SampleSource) throws {
    input.count = rows.count
    for (place, row) in rows.enumerated() {
      try LongWork.step()
      try input.buffer(of: place).withMutableSpan { try source.read(row, into: &$0) }
    }
  }
}
