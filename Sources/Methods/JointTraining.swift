import Exchange
import Tensors

/// One head over all features side by side, trained with one loss.
///
/// The head of all is `[K, M * D]`; a worker holds its `[K, D]` of it, so logits are all that crosses:
/// the coordinator adds them and its bias, and answers with the gradient of the one loss.
public struct JointConcatenation: JointTraining {
  /// What configurations, tables and files call it.
  public static let kind = "joint_concat"
  /// What it does, for the reference.
  public static let meaning = "One head over all features side by side, trained together."
  /// Slices of one head.
  public let heads = JointHeads.slices

  /// The method, which has no options.
  public init() {}
}

/// A head for each modality, whose logits are added up, trained with one loss.
public struct JointSummation: JointTraining {
  /// What configurations, tables and files call it.
  public static let kind = "joint_sum"
  /// What it does, for the reference.
  public static let meaning = "A head for each modality, logits summed, trained together."
  /// A head for each modality.
  public let heads = JointHeads.own

  /// The method, which has no options.
  public init() {}
}

/// What the logits of workers come from in joint training.
public enum JointHeads: String, Sendable, CaseIterable {
  /// Slices of one head, whose bias is the coordinator's.
  case slices = "concat"
  /// A head for each modality.
  case own = "sum"
}

/// What joint methods have in common: in a mini-batch logits go one way, and what follows from those of all
/// goes the other.
public protocol JointTraining: TrainingMethod {
  /// What the logits of workers come from.
  var heads: JointHeads { get }
}

extension JointTraining {
  /// Logits one way, their gradient the other.
  public static var messageKinds: [MessageKind] { [JointLogits.kind, LogitGradient.kind] }
  /// Each worker holds its own, or its slice of one.
  public var headPlace: HeadPlace { .worker }
  /// One loss moves all modalities.
  public var hasOneLoss: Bool { true }

  /// Logits and a score, and as many gradients and a scale: of the modality that sends most.
  public func traffic(
    modalityCount: Int, classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic {
    let samples = sampleCount + (demands.ridesZero ? 1 : 0)
    let width =
      sentValues(modalityCount: modalityCount, featureCount: featureCount).map {
        $0.width(classCount: classCount, featureCount: featureCount)
      }.max() ?? classCount
    let message =
      Frame.headerByteCount + MemoryLayout<Double>.stride + MemoryLayout<Int>.stride
      + width * samples * MemoryLayout<Float>.stride
    return Traffic(down: message, up: message)
  }
}

/// Worker to coordinator: a modality's logits of a mini-batch.
public struct JointLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(103, "logits", by: .cycle)

  /// How well the modality does by itself, where the method wants to know; NaN: nothing is said.
  public var score = Double.nan
  /// The logits of an input of zeros, `[K]`; empty: there is none.
  public var zero: [Float] = []
  /// `[n, K]`.
  public let values: Buffer<Float>

  /// Logits from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&score)
    try fields.field(&zero)
    try fields.field(values)
  }
}

/// Coordinator to worker: the gradient of the one loss with respect to those logits.
public struct LogitGradient: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(104, "logitGradient", by: .cycle)

  /// What the method scales on the worker's side; 1: nothing.
  public var scale = 1.0
  /// The gradient with respect to the logits of an input of zeros, `[K]`; empty: there is none.
  public var zero: [Float] = []
  /// `[n, K]`.
  public let values: Buffer<Float>

  /// A gradient from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&scale)
    try fields.field(&zero)
    try fields.field(values)
  }
}
