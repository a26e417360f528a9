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

  /// The method, which has no options.
  public init() {}
}

/// A head for each modality, whose logits are added up, trained with one loss.
public struct JointSummation: JointTraining {
  /// What configurations, tables and files call it.
  public static let kind = "joint_sum"
  /// What it does, for the reference.
  public static let meaning = "A head for each modality, logits summed, trained together."

  /// The method, which has no options.
  public init() {}
}

/// What the two have in common.
public protocol JointTraining: TrainingMethod {}

extension JointTraining {
  /// Logits one way, their gradient the other.
  public static var messageKinds: [MessageKind] { [JointLogits.kind, LogitGradient.kind] }
  /// Each worker holds its own, or its slice of one.
  public var headPlace: HeadPlace { .worker }
  /// One loss moves all modalities.
  public var hasOneLoss: Bool { true }

  /// Logits, and as many gradients.
  public func traffic(classCount: Int, featureCount: Int, sampleCount: Int) -> Traffic {
    let message = Frame.headerByteCount + classCount * sampleCount * MemoryLayout<Float>.stride
    return Traffic(down: message, up: message)
  }
}

/// Worker to coordinator: a modality's logits of a mini-batch.
public struct JointLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(103, "logits", by: .cycle)

  /// `[n, K]`.
  public let values: Buffer<Float>

  /// Logits from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}

/// Coordinator to worker: the gradient of the one loss with respect to those logits.
public struct LogitGradient: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(104, "logitGradient", by: .cycle)

  /// `[n, K]`.
  public let values: Buffer<Float>

  /// A gradient from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}
