import Tensors

/// What a worker does when an epoch is over.
public struct Directive: Sendable, Equatable {
  /// The split to give logits for; nil: none.
  public var evaluate: EvaluatedSplit?
  /// The folder, below the run's, to save weights to; empty: they are not saved.
  public var saveTo = ""
  /// Whether the run is over.
  public var isLast = false

  /// Nothing to do but go on.
  public init() {}
}

extension Directive: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.directive

  /// What to evaluate, where to save, whether that is all.
  public mutating func layout(_ fields: Fields) throws {
    var split = evaluate?.rawValue ?? ""
    try fields.field(&split)
    evaluate = EvaluatedSplit(rawValue: split)
    try fields.require(evaluate != nil || split.isEmpty)
    try fields.field(&saveTo)
    try fields.field(&isLast)
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

/// The logits of some evaluated samples, in the order of the roster.
public struct EvaluatedLogits: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.logits

  /// `[n, K]`, row-major.
  public var values: [Float]

  /// Logits to send, or none yet.
  public init(_ values: [Float] = []) { self.values = values }

  /// The values with their number.
  public mutating func layout(_ fields: Fields) throws { try fields.field(&values) }
}
