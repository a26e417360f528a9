import MPI

/// One rank's end of a `SimulatedFabric`.
final class SimulatedTransport: Transport {
  private let fabric: SimulatedFabric
  let worldRank: Int

  init(_ fabric: SimulatedFabric, rank: Int) { (self.fabric, worldRank) = (fabric, rank) }

  var worldSize: Int { fabric.worldSize }
  /// They do not: one rank has the baton.
  var othersRun: Bool { false }

  func post(_ frame: Frame, to rank: Int) throws {
    try fabric.post(frame, from: worldRank, to: rank)
  }

  func reclaim() -> Frame? { fabric.reclaim(by: worldRank) }
  func push(atMost duration: Duration) {}

  func take(
    from rank: Int, into frame: Frame, within limit: Duration, meanwhile: () throws -> Void
  ) throws -> Bool {
    try fabric.take(by: worldRank, from: rank, into: frame)
    return true
  }

  func hasMessage(from rank: Int) -> Bool { fabric.hasMail(for: worldRank, from: rank) }

  func drain(within limit: Duration) throws -> Int? {
    try fabric.throwIfStopped()
    return nil
  }

  // MARK: What replicas have beside messages. Simulated ones only send.

  func poll(from rank: Int, into frame: Frame) throws -> Bool {
    try fabric.poll(by: worldRank, from: rank, into: frame)
  }
  func leavingCount(to rank: Int) -> Int { 0 }
  func wait(areRung: Bool, within limit: Duration, until isOver: () throws -> Bool) throws -> Bool {
    throw Self.noMemory
  }
  func ring(_ rank: Int) {}
  func canShareMemory(with rank: Int) -> Bool { false }
  func makeShared(_ byteCount: Int) throws -> SharedMemory { throw Self.noMemory }
  func openShared(_ name: String, byteCount: Int) throws -> SharedMemory { throw Self.noMemory }
  func closeShared(_ memory: SharedMemory) {}

  private static let noMemory = ExchangeError.stopped("simulated ranks share no memory")
}
