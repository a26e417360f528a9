import Exchange
import Tensors

/// Worker to coordinator, in the stage of another modality: the logits of samples that one trains.
public struct MemberLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(105, "memberLogits", by: .cycle)

  /// `[n, K]`, of the samples that both have.
  public let values: Buffer<Float>

  /// Logits from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}

/// Coordinator to worker, in its stage: how much its samples weigh.
public struct SampleWeights: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(106, "sampleWeights", by: .cycle)

  /// Of each sample, `[n]`.
  public var weights: [Double]
  /// The probabilities of the modality of the stage before, `[n, K]`, which count in the loss; not a number
  /// where it lacks a sample; empty: they do not count.
  public var previous: [Float]

  /// Weights to send, or none yet.
  public init(_ weights: [Double] = [], previous: [Float] = []) {
    (self.weights, self.previous) = (weights, previous)
  }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&weights)
    try fields.field(&previous)
  }
}

/// Coordinator to worker: the head that all share, for a mini-batch.
public struct LentHead: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(107, "lentHead", by: .cycle)

  /// Weight `[K, D]`, then bias `[K]`.
  public let values: Buffer<Float>

  /// A head from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}

/// Worker to coordinator: the gradient of that head.
public struct LentGradient: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(108, "lentGradient", by: .cycle)

  /// What was trained; no samples: the mini-batch was left out.
  public var totals = TrainingTotals()
  /// `[K, D]`, then `[K]`.
  public let values: Buffer<Float>

  /// A gradient from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try totals.layout(fields)
    try fields.field(values)
  }
}
