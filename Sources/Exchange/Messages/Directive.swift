import Storage
import Tensors

/// A segment of training: some cycles of an epoch, and what a worker does when they are over.
///
/// The directive of a segment is sent when the one before it begins, so that no rank waits for it.
public struct Directive: Sendable, Equatable {
  /// The epoch, from 0.
  public var epoch = 0
  /// The cycles of the epoch that are trained.
  public var cycles = 0..<0
  /// The folder, below the run's, that a checkpoint is written to; empty: none.
  public var checkpoint = ""
  /// Whether nothing is ordered before the checkpoint stands: the model that a run ends with may be in it.
  public var awaitsCheckpoint = false
  /// A checkpoint, a folder below the run's, whose model takes the place of the one of the moment before anything is
  /// evaluated; empty: none.
  public var restores = ""
  /// The split to give logits for; nil: none.
  public var evaluate: EvaluatedSplit?
  /// Whether logits are to be given of the validation samples, too.
  public var validates = false
  /// Whether logits are to be given of the validation samples, and of what their shuffled inputs give, to fit
  /// a fusion to.
  public var fitsFusion = false
  /// Whether what is evaluated is kept: then, of the test split, also what the configuration's spoilt inputs give,
  /// and where the features lie.
  public var keepsLogits = false
  /// Whether the coordinator hears what the epoch amounted to.
  public var isReported = false
  /// Whether the run is over.
  public var isLast = false
  /// Folders of checkpoints, below the run's, that are no longer needed.
  public var superseded: [String] = []

  /// Nothing to train, and nothing to do.
  public init() {}

  /// The splits to give logits for, each once, in this order.
  public var evaluations: [EvaluatedSplit] {
    let heldOut: [EvaluatedSplit] = fitsFusion || validates ? [.validation] : []
    return heldOut + (evaluate.map { heldOut.contains($0) ? [] : [$0] } ?? [])
  }

  /// How much of the run is done at the end, where an epoch has so many cycles.
  public func end(cyclesPerEpoch: Int) -> RunPosition {
    cycles.upperBound == cyclesPerEpoch
      ? RunPosition(epoch: epoch + 1) : RunPosition(epoch: epoch, cycle: cycles.upperBound)
  }
}

extension Directive: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.directive

  /// What to train, what to write, what to evaluate, whether that is all.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&epoch)
    var (first, end) = (cycles.lowerBound, cycles.upperBound)
    try fields.field(&first)
    try fields.field(&end)
    try fields.require(0 <= first && first <= end)
    cycles = first..<end
    try fields.field(&checkpoint)
    try fields.field(&awaitsCheckpoint)
    try fields.field(&restores)
    var split = evaluate?.rawValue ?? ""
    try fields.field(&split)
    evaluate = EvaluatedSplit(rawValue: split)
    try fields.require(evaluate != nil || split.isEmpty)
    try fields.field(&validates)
    try fields.field(&fitsFusion)
    try fields.field(&keepsLogits)
    try fields.field(&isReported)
    try fields.field(&isLast)
    try fields.field(&superseded)
  }
}

/// The shared head that an evaluation uses, for workers whose method has none of their own.
public struct EvaluatedHead: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.evaluatedHead

  /// Weight and bias, in the order of the head's store.
  public let values: Buffer<Float>

  /// A message from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The values.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}

/// The logits of some evaluated samples, in the order of the roster, and how long their features are.
public struct EvaluatedLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.logits

  /// `[n, K]`, row-major.
  public var values: [Float]
  /// The norm of each sample's features, as the head was given them, `[n]`.
  public var featureNorms: [Double]

  /// Logits to send, or none yet.
  public init(_ values: [Float] = [], featureNorms: [Double] = []) {
    self.values = values
    self.featureNorms = featureNorms
  }

  /// The values and the norms, each with their number.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&values)
    try fields.field(&featureNorms)
  }
}
