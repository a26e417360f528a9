import Exchange

/// A model and a head for each modality, trained alone and fused at test time only.
///
/// Nothing is waited for: workers tell how far they are.
public struct SeparateTraining: TrainingMethod {
  /// What configurations, tables and files call it.
  public static let kind = "separate"
  /// What it does, for the reference.
  public static let meaning = "Separate models, fused at test time."
  /// What its two sides say to each other in a mini-batch.
  public static let messageKinds = [Progress.kind]

  /// Who holds the heads.
  public let headPlace = HeadPlace.worker
  /// Workers train without waiting.
  public let isConducted = false

  /// The method, which has no options.
  public init() {}

  /// What a mini-batch of a modality sends.
  public func traffic(
    modalityCount: Int, classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic {
    Traffic(down: 0, up: Frame.headerByteCount + TrainingTotals.byteCount)
  }
}

/// Worker to coordinator: what a mini-batch amounted to that it trained alone.
public struct Progress: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(102, "progress")

  /// What was trained.
  public var totals: TrainingTotals

  /// The progress of a mini-batch.
  public init(_ totals: TrainingTotals = TrainingTotals()) { self.totals = totals }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try totals.layout(fields) }
}
