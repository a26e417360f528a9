import Exchange
import MLA
import Tensors

/// A mini-batch of joint training as the coordinator sees it: what a rule decides by, and what it decides.
///
/// K classes, N rows: the samples that any modality has, in the order of their first modality. All memory is
/// taken once, for the largest mini-batch.
public final class JointBatch {
  /// One modality's part of a mini-batch.
  public final class Part {
    /// The modality's own logits `[n, K]`, without the common bias; or, where features cross, what it has
    /// sent of them.
    public let logits: Tensor
    /// The gradient that the modality gets, as large; a rule fills it.
    public let gradient: Tensor
    /// The row of each of the modality's samples: n places below N, none where it has no turn.
    public fileprivate(set) var places: [Int] = []
    /// What the worker sent beside its logits; NaN: nothing.
    public internal(set) var score = Double.nan
    /// The logits of an input of zeros, `[K]`; empty: none were sent.
    public internal(set) var zero: [Float] = []
    /// What the worker is told to scale; 1 unless a rule says otherwise.
    public var scale = 1.0
    /// The gradient with respect to `zero`, `[K]`; as empty as it is.
    public var zeroGradient: [Float] = []

    fileprivate init(width: Int, capacity: Int) {
      logits = Tensor([width], capacity: capacity, count: 0)
      gradient = Tensor([width], capacity: capacity, count: 0)
    }

    /// Makes the gradient that of the joint loss at the modality's rows.
    func takeGradient(from common: Tensor) {
      for (place, row) in places.enumerated() {
        gradient.buffer(of: place).update(from: common.buffer(of: row))
      }
    }

    fileprivate func begin(_ places: [Int]) {
      self.places = places
      (logits.count, gradient.count) = (places.count, places.count)
      (score, scale, zero, zeroGradient) = (.nan, 1, [], [])
    }
  }

  /// The epoch, from 0.
  public private(set) var epoch = 0
  /// The mini-batch of the epoch, from 0.
  public private(set) var batch = 0
  /// The number of mini-batches of an epoch.
  public private(set) var batchCount = 1
  /// Each modality's part, in their order.
  public let parts: [Part]
  /// The label of each row: N of them, or more.
  public let labels: Buffer<Int32>
  /// The common logits `[N, K]`, which `JointRule.combine` makes.
  public let logits: Tensor
  /// The gradient of the joint loss, the mean over rows, with respect to them, `[N, K]`.
  public let gradient: Tensor
  /// The common bias `[K]`; nil: each modality has its own.
  public let bias: Buffer<Float>?
  /// The joint loss, the mean over rows; known when a rule decides.
  public internal(set) var loss = Double.nan
  /// The factor of the common bias's gradient.
  public var biasScale = 1.0
  /// What is told of the decisions.
  public var notes: [MethodNote] = []

  /// Memory for mini-batches of up to `capacity` samples.
  ///
  /// - Parameter widths: how many numbers each modality sends of a sample.
  init(widths: [Int], classCount: Int, capacity: Int, bias: Buffer<Float>?) {
    self.bias = bias
    parts = widths.map { Part(width: $0, capacity: capacity) }
    logits = Tensor([classCount], capacity: capacity)
    gradient = Tensor([classCount], capacity: capacity)
    labels = Buffer(capacity)
  }

  /// K, the number of classes.
  public var classCount: Int { logits.stride }
  /// N, the number of rows.
  public var rowCount: Int { logits.count }
  /// The cycle, counted from the beginning of the run.
  public var cycle: Int { epoch * batchCount + batch }
  /// The modalities that have rows, ascending.
  public var there: [Int] { parts.indices.filter { !parts[$0].places.isEmpty } }

  /// Begins a mini-batch of a plan.
  ///
  /// - Parameters:
  ///   - sampleLabels: the label of every sample of the training roster.
  ///   - takesPart: whether a modality has a part in it.
  func begin(
    _ plan: EpochPlan, batch: Int, sampleLabels: [Int32],
    where takesPart: (_ modality: Int) -> Bool = { _ in true }
  ) {
    (epoch, self.batch, batchCount) = (plan.epoch, batch, plan.cycleCount)
    (loss, biasScale, notes) = (.nan, 1, [])
    let served = parts.indices.map {
      takesPart($0) ? plan.samples(cycleInEpoch: batch, modality: $0) : []
    }
    // Rows of the common logits: the samples of the mini-batch in the order of their first modality.
    var rows: [Int: Int] = [:]
    for sample in served.joined() where rows[sample] == nil { rows[sample] = rows.count }
    for (part, samples) in zip(parts, served) { part.begin(samples.compactMap { rows[$0] }) }
    for (sample, row) in rows { labels[row] = sampleLabels[sample] }
    logits.count = rows.count
    gradient.count = rows.count
  }

  /// Makes the common logits the sum of the modalities' own, and of the common bias.
  public func addLogits() {
    for row in 0..<rowCount {
      if let bias {
        logits.buffer(of: row).update(from: bias)
      } else {
        logits.buffer(of: row).update(repeating: 0)
      }
    }
    for part in parts {
      for (place, row) in part.places.enumerated() {
        logits.buffer(of: row).add(part.logits.buffer(of: place))
      }
    }
  }

  /// Gives each modality the gradient of the joint loss at its rows: that of a sum of logits.
  public func passGradientOn() { for part in parts { part.takeGradient(from: gradient) } }
}
