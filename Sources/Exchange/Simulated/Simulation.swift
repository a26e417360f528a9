import Tensors

/// A job whose ranks are in one process, with virtual clocks: what takes time says how long, messages take
/// what their links say, and nothing is waited for. The same roles, the same messages.
public enum Simulation {
  /// A rank's clock.
  public struct Clock: @unchecked Sendable {
    // Used by the thread of its rank alone.
    fileprivate let fabric: SimulatedFabric
    fileprivate let rank: Int

    /// Seconds since the job began.
    public var now: Double { fabric.now(of: rank) }
    /// The rank does something that takes so long.
    public func advance(by seconds: Double) { fabric.advance(rank, by: seconds) }
    /// The rank's next message takes as long as one of so many bytes.
    public func declare(byteCount: Int) { fabric.declare(byteCount, by: rank) }
  }

  /// Runs `body` once for each of `ranks` ranks, and returns when all have ended.
  public static func run(
    ranks: Int, links: SimulatedLinks, stackByteCount: Int = 1 << 20,
    body: @Sendable @escaping (Endpoint, Clock) throws -> Void
  ) throws {
    let fabric = SimulatedFabric(ranks: ranks, links: links)
    var threads: [RoleThread] = []
    for rank in 0..<ranks {
      let thread = RoleThread(stackByteCount: stackByteCount) {
        fabric.live(as: rank) {
          let endpoint = Endpoint(
            SimulatedTransport(fabric, rank: rank), deadline: .seconds(300))
          try body(endpoint, Clock(fabric: fabric, rank: rank))
        }
      }
      guard let thread else {
        fabric.cancel(
          from: rank,
          ExchangeError.stopped(
            "the system refused thread \(rank + 1) of \(ranks) of the simulation; raise its limits"
          ))
        break
      }
      threads.append(thread)
    }
    fabric.start()
    for thread in threads { thread.join() }
    try fabric.throwIfStopped()
  }
}
