import Synchronization
import TestSupport
import Testing

@testable import Exchange

/// Clocks that can be followed by hand: a message takes 100 ms, and keeps a link between nodes busy for 50.
@Suite struct SimulationTests {
  private static func links(_ nodes: [Int]) -> SimulatedLinks {
    SimulatedLinks(
      nodes: nodes, latency: { _, _, _ in 0.1 }, wakeUp: { _, _ in 0.01 }, wire: { _ in 0.05 },
      work: { receiver, _ in receiver == 0 ? 0.2 : 0 })
  }

  /// The clock of each rank at its end.
  private func ends(
    _ nodes: [Int], _ body: @Sendable @escaping (Endpoint, Simulation.Clock) throws -> Void
  ) throws -> [Double] {
    let found = Mutex(Array(repeating: 0.0, count: nodes.count))
    try Simulation.run(ranks: nodes.count, links: Self.links(nodes)) { endpoint, clock in
      try body(endpoint, clock)
      found.withLock { $0[endpoint.worldRank] = clock.now }
    }
    return found.withLock { $0 }
  }

  private static func probe() -> Probe { Probe(bytes: []) }

  @Test func `a message arrives when its link says, and wakes who waits`() throws {
    let found = try ends([0, 0]) { endpoint, clock in
      if endpoint.worldRank == 1 {
        clock.advance(by: 1)
        try endpoint.send(Self.probe(), number: 0, to: 0)
      } else {
        try endpoint.receive(Self.probe(), number: 0, from: 1)
      }
    }
    // 1 s, 100 ms on the way, 10 ms to wake, 200 ms of work.
    expectClose(found, [1.31, 1], relative: 1e-12)
  }

  @Test func `who is late finds the message there`() throws {
    let found = try ends([0, 0]) { endpoint, clock in
      if endpoint.worldRank == 1 { return try endpoint.send(Self.probe(), number: 0, to: 0) }
      clock.advance(by: 5)
      try endpoint.receive(Self.probe(), number: 0, from: 1)
    }
    expectClose([found[0]], [5.2], relative: 1e-12)
  }

  @Test func `messages into one node take turns, in the order of clocks and not of ranks`() throws {
    let found = try ends([0, 1, 2]) { endpoint, clock in
      switch endpoint.worldRank {
      case 0:
        try endpoint.receive(Self.probe(), number: 0, from: 1)
        try endpoint.receive(Self.probe(), number: 0, from: 2)
      case 1:
        clock.advance(by: 0.02)
        try endpoint.send(Self.probe(), number: 0, to: 0)
      default: try endpoint.send(Self.probe(), number: 0, to: 0)
      }
    }
    // Rank 2's is there at 0.1. Rank 1's would be at 0.12, but the link is taken until 0.1 and needs 0.05
    // more: 0.15, and 0.01 to wake; then 0.2 of work for each.
    expectClose([found[0]], [0.56], relative: 1e-12)
  }

  @Test func `a node sends one message after the other`() throws {
    let found = try ends([0, 1]) { endpoint, _ in
      if endpoint.worldRank == 0 {
        for number in 0..<3 { try endpoint.send(Self.probe(), number: number, to: 1) }
      } else {
        for number in 0..<3 { try endpoint.receive(Self.probe(), number: number, from: 0) }
      }
    }
    // 0.1 and 0.01; then each 0.05 after the last: 0.15, 0.2, awake 0.01 later.
    expectClose([found[1]], [0.21], relative: 1e-12)
  }

  @Test func `ranks that all wait are an error, and so is one that fails`() throws {
    #expect(throws: ExchangeError.self) {
      try ends([0, 0]) { endpoint, _ in
        try endpoint.receive(Self.probe(), number: 0, from: 1 - endpoint.worldRank)
      }
    }
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      try ends([0, 0, 0]) { endpoint, _ in
        if endpoint.worldRank == 2 { throw Broken() }
        try endpoint.receive(Self.probe(), number: 0, from: 2)
      }
    }
  }
}
