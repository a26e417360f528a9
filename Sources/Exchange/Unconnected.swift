/// No way to anybody: what the sides of a method are given when only their memory is asked for.
private final class Unconnected: Transport {
  let worldRank = 0
  let worldSize = 1
  let othersRun = false

  func post(_ frame: Frame, to rank: Int) throws { preconditionFailure("sent to nobody") }
  func reclaim() -> Frame? { nil }
  func push(atMost duration: Duration) throws {}
  func take(
    from rank: Int, into frame: Frame, within limit: Duration, meanwhile: () throws -> Void
  ) throws -> Bool { preconditionFailure("waited for nobody") }
  func drain(within limit: Duration) throws -> Int? { nil }
}

extension Endpoint {
  /// An endpoint that nobody is at: its owner must not speak.
  public static var unconnected: Endpoint { Endpoint(Unconnected(), deadline: .zero) }
}
