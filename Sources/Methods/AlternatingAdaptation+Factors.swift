import Exchange
import Tensors

/// What a worker sends of the head's gradient, which is a product: `G = D'H` with the gradient D `[n, K]` with
/// respect to the logits and the features H `[n, D]`.
public enum HeadUpdateForm: String, Sendable, CaseIterable {
  /// The product, `[K, D]`. Features of single samples stay where they are.
  case gradient
  /// The factors: H ahead of the turn, D in it.
  case factors

  /// Whether factors are less to send and to project than their product.
  public static func factorsPay(classCount: Int, featureCount: Int, sampleCount: Int) -> Bool {
    sampleCount < classCount
      && sampleCount * (classCount + featureCount) < classCount * featureCount
  }
}

extension AlternatingAdaptation {
  /// What a mini-batch of a modality sends where updates are `factors`.
  public static func factorTraffic(
    classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic {
    let count = MemoryLayout<Int>.stride
    let head = classCount * (featureCount + 1) * MemoryLayout<Float>.stride
    let factors = sampleCount * (classCount + featureCount) * MemoryLayout<Float>.stride
    return Traffic(
      down: Frame.headerByteCount + head,
      up: 2 * (Frame.headerByteCount + count) + TrainingTotals.byteCount + factors)
  }
}

/// Worker to coordinator, as soon as they are known: the features of its next turn.
public struct TurnFeatures: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(102, "features")

  /// `[n, D]`, and the number of samples.
  public let features: Tensor

  /// Features from this tensor, or into it: its count becomes theirs.
  public init(_ features: Tensor) { self.features = features }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws { try fields.samples(of: features) }
}

/// Worker to coordinator: what a turn taught, where its features are there already.
public struct LogitUpdate: Message {
  /// The kind with this layout.
  public static let kind = MessageKind(103, "logitUpdate")

  /// What was trained in the turn.
  public var totals = TrainingTotals()
  /// The gradient of the loss with respect to the logits, `[n, K]`; no samples: the turn was left out.
  public let logitGradient: Tensor

  /// An update from this tensor, or into it: its count becomes that of the samples.
  public init(_ logitGradient: Tensor) { self.logitGradient = logitGradient }

  /// The fields in their order.
  public mutating func layout(_ fields: Fields) throws {
    try totals.layout(fields)
    try fields.samples(of: logitGradient)
  }
}

extension Fields {
  /// The samples of a tensor, with their number.
  fileprivate func samples(of tensor: Tensor) throws {
    var count = tensor.count
    try field(&count)
    if isReading {
      try require(0...tensor.capacity ~= count)
      tensor.count = count
    }
    try field(tensor.held)
  }
}
