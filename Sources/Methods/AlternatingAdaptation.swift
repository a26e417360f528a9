import Exchange
import Tensors

/// Alternating unimodal adaptation through one shared head (MLA, arXiv 2311.10707, section 3.1): in
/// each turn one modality's mini-batch moves its encoder and the head, whose gradient is modified so
/// that it leaves alone what earlier turns taught it.
///
/// A turn: the coordinator sends the head, the worker answers with the head's gradient and the mean of
/// its features. The options of the projection are `HeadGradientModification`.
public struct AlternatingAdaptation: TrainingMethod {
  /// What configurations, tables and files call it.
  public static let kind = "mla"
  /// What it does, for the reference.
  public static let meaning = "Alternating unimodal adaptation through one shared head."
  /// What its two sides say to each other in a mini-batch.
  public static let messageKinds = [
    TurnHead.kind, HeadUpdate.kind, TurnFeatures.kind, LogitUpdate.kind,
  ]

  /// Who holds the heads.
  public let headPlace = HeadPlace.coordinator

  /// The method, which has no options.
  public init() {}

  /// What a mini-batch of a modality sends.
  public func traffic(
    modalityCount: Int, classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic {
    let head = classCount * (featureCount + 1) * MemoryLayout<Float>.stride
    let mean = featureCount * MemoryLayout<Double>.stride
    return Traffic(
      down: Frame.headerByteCount + head,
      up: Frame.headerByteCount + TrainingTotals.byteCount + mean + head)
  }
}

/// Coordinator to worker: the head that the last turn left.
public struct TurnHead: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(100, "head")

  /// Weight `[K, D]`, then bias `[K]`.
  public let values: Buffer<Float>

  /// A head from these values, or into them.
  public init(_ values: Buffer<Float>) { self.values = values }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.field(values) }
}

/// Worker to coordinator: what a turn taught.
public struct HeadUpdate: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(101, "headUpdate")

  /// What was trained in the turn.
  public var totals = TrainingTotals()
  /// The mean feature of the turn's samples, `[D]`.
  public let meanFeature: Buffer<Double>
  /// The gradient of the loss with respect to the head, `[K, D]` and `[K]`.
  public let gradient: Buffer<Float>

  /// An update from these values, or into them.
  public init(meanFeature: Buffer<Double>, gradient: Buffer<Float>) {
    self.meanFeature = meanFeature
    self.gradient = gradient
  }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try totals.layout(fields)
    try fields.field(meanFeature)
    try fields.field(gradient)
  }
}
