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

  /// Sends the directive, with the head's values where the worker's method has no head of its own.
  public func send(
    over endpoint: Endpoint, to rank: Int, epoch: Int, head: UnsafeBufferPointer<Float>?
  ) throws {
    let frame = endpoint.frame(.directive, turn: epoch)
    frame.append(evaluate?.rawValue ?? "")
    frame.append(saveTo)
    frame.append(isLast ? 1 : 0)
    if let head, let base = head.baseAddress { frame.append(base, count: head.count) }
    try endpoint.send(frame, to: rank)
  }

  /// Waits for the directive of an epoch; `head` takes the head's values if any came.
  public static func receive(
    over endpoint: Endpoint, from rank: Int, epoch: Int, head: UnsafeMutableBufferPointer<Float>
  ) throws -> Directive {
    try endpoint.receive(.directive, turn: epoch, from: rank) { frame in
      var directive = Directive()
      directive.evaluate = EvaluatedSplit(rawValue: try frame.readText())
      directive.saveTo = try frame.readText()
      directive.isLast = try frame.read(Int.self) == 1
      if frame.remaining > 0, let base = head.baseAddress {
        try frame.read(into: base, count: head.count)
      }
      return directive
    }
  }
}
