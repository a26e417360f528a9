import MPI

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
  func hasMessage(from rank: Int) -> Bool { false }
  func drain(within limit: Duration) throws -> Int? { nil }
  func poll(from rank: Int, into frame: Frame) throws -> Bool { false }
  func leavingCount(to rank: Int) -> Int { 0 }
  func wait(areRung: Bool, within limit: Duration, until isOver: () throws -> Bool) throws -> Bool {
    preconditionFailure("waited for nobody")
  }
  func ring(_ rank: Int) {}
  func canShareMemory(with rank: Int) -> Bool { false }
  func makeShared(_ byteCount: Int) throws -> SharedMemory { SharedMemory(ofProcess: byteCount) }
  func openShared(_ name: String, byteCount: Int) throws -> SharedMemory {
    preconditionFailure("nobody shares memory")
  }
  func closeShared(_ memory: SharedMemory) {}
}

extension Endpoint {
  /// An endpoint that nobody is at: its owner must not speak.
  public static var unconnected: Endpoint { Endpoint(Unconnected(), deadline: .zero) }
}
