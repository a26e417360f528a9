import Exchange

/// The method of a run, with its options.
@dynamicMemberLookup
public struct MethodChoice: Sendable, Equatable {
  /// The method.
  public let method: any TrainingMethod

  /// The choice of `method`.
  public init(_ method: any TrainingMethod) { self.method = method }

  /// What configurations, tables and files call it.
  public var kind: String { type(of: method).kind }

  /// The messages of its mini-batches.
  public var messageKinds: [MessageKind] { type(of: method).messageKinds }

  /// What the losses of an epoch are called.
  public func lossNames(of modalities: [String]) -> [String] { method.lossNames(of: modalities) }

  /// What its sides tell of their decisions.
  public func notes(modalityCount: Int) -> MethodNotes {
    method.notes(modalityCount: modalityCount)
  }

  /// What the method says of itself.
  public subscript<Value>(dynamicMember path: KeyPath<any TrainingMethod, Value>) -> Value {
    method[keyPath: path]
  }

  /// Whether two choices are one method with equal options.
  public static func == (a: Self, b: Self) -> Bool { equal(a.method, b.method) }

  private static func equal<M: TrainingMethod>(_ method: M, _ other: any TrainingMethod) -> Bool {
    other as? M == method
  }
}
