import Synchronization
import Testing

@testable import Exchange

@Suite struct ReplicaGroupTests {
  private func run(
    _ ranks: Int, _ body: @Sendable @escaping (Endpoint) throws -> Void
  ) throws {
    try OneProcess.run(ranks: ranks, deadline: .seconds(60), body: body)
  }

  @Test(arguments: [
    ([0, 0], 1, 2), ([0, 1], 2, 1), ([0, 0, 0], 1, 3), ([0, 0, 2, 2], 2, 2),
    ([0, 0, 2, 2, 4, 4], 3, 2), ([0, 0, 0, 0, 4, 4, 4, 4], 2, 4),
    // Three are no subtree; two and one are not even; every second one is no neighbour.
    ([0, 0, 0, 3, 3, 3], 6, 1), ([0, 0, 2], 3, 1), ([0, 1, 1], 3, 1), ([0, 1, 0, 1], 4, 1),
    ([0, 0, 0, 0, 4, 4], 6, 1),
  ])
  func `replicas that lie evenly on nodes share memory`(firsts: [Int], nodes: Int, locals: Int) {
    let grid = ReplicaGrid(firsts: firsts)
    #expect(grid.nodeCount == nodes && grid.localCount == locals)
    #expect(grid.count == firsts.count)
  }

  @Test func `a grid knows who is beside whom`() {
    let grid = ReplicaGrid(firsts: [0, 0, 0, 0, 0, 0, 0, 0], most: 4)
    #expect((grid.nodeCount, grid.localCount) == (2, 4))
    #expect(grid.fellows(of: 6) == 4..<8)
    #expect(grid.counterparts(of: 6) == [2])
    #expect((grid.node(of: 6), grid.local(of: 6), grid.place(node: 1, local: 2)) == (1, 2, 6))
  }

  /// Rank 0 is not of the group, whose ranks are not in order.
  @Test(arguments: [1, 2, 4])
  func `everybody has the numbers of all in order of places`(most: Int) throws {
    let ranks = [3, 1, 4, 2]
    let seen = Mutex(0)
    try run(5) { endpoint in
      guard endpoint.worldRank > 0 else { return }
      let group = try ReplicaGroup(ranks, endpoint: endpoint, mostOnNode: most)
      #expect(group.ranks[group.place] == endpoint.worldRank)
      #expect(group.isLeader == (endpoint.worldRank == 3))
      // Several rounds of slots, and none at all.
      for count in [1, 0, 2500, 1024, 3] {
        let own = (0..<count).map { Double(group.place * 10_000 + $0) }
        let all = try group.exchange(own)
        #expect(all == (0..<4).map { place in (0..<count).map { Double(place * 10_000 + $0) } })
      }
      seen.withLock { $0 += 1 }
    }
    #expect(seen.withLock { $0 } == 4)
  }

  @Test func `memory of a node is one, that of others another`() throws {
    let found = Mutex([Int: [Float]]())
    try run(4) { endpoint in
      let group = try ReplicaGroup([0, 1, 2, 3], endpoint: endpoint, mostOnNode: 2)
      let memory = try #require(try group.share(64))
      let values = memory.values(Float.self, at: 0, count: 2)
      values[group.grid.local(of: group.place)] = Float(group.place + 1)
      try group.meet(for: "its values")
      found.withLock { $0[group.place] = values.array }
    }
    #expect(found.withLock { $0 } == [0: [1, 2], 1: [1, 2], 2: [3, 4], 3: [3, 4]])
  }

  @Test func `what is found aside is received later, in its order`() throws {
    let polled = Mutex([Double]())
    try run(2) { endpoint in
      endpoint.know(ReplicaMessages.kinds)
      if endpoint.worldRank == 1 {
        try endpoint.send(endpoint.frame(.ready), to: 0)
        try endpoint.send(endpoint.frame(.alive), to: 0)
        try endpoint.send(endpoint.frame(.logits, number: 3), to: 0)
        try endpoint.send(ReplicaNumbers(values: [2]), number: 2, to: 0)
        try endpoint.send(ReplicaNumbers(values: [1]), number: 1, to: 0)
        return
      }
      func poll(_ number: Int) throws -> Bool {
        try endpoint.poll(ReplicaNumbers.kind, number: number, from: 1) { frame in
          let values = try ReplicaNumbers().read(from: frame).values
          polled.withLock { $0 += values }
        }
      }
      // Nothing is there yet; looking for it does not wait.
      #expect(try !poll(1))
      try endpoint.receive(.ready, from: 1) { _ in }
      #expect(try poll(1))
      #expect(try poll(2))
      #expect(try !poll(3))
      #expect(endpoint.signCounts == [1: 1])
      try endpoint.receive(.logits, number: 3, from: 1) { _ in }
    }
    #expect(polled.withLock { $0 } == [1, 2])
  }

  @Test func `what was found aside is out of turn for whoever expects another`() throws {
    #expect(throws: ExchangeError.self) {
      try run(2) { endpoint in
        if endpoint.worldRank == 1 {
          try endpoint.send(endpoint.frame(.report), to: 0)
          try endpoint.send(endpoint.frame(.logits, number: 3), to: 0)
          return try endpoint.send(endpoint.frame(.ready), to: 0)
        }
        try endpoint.receive(.report, from: 1) { _ in }
        _ = try endpoint.poll(ReplicaNumbers.kind, number: 0, from: 1) { _ in }
        try endpoint.receive(.ready, from: 1) { _ in }
      }
    }
  }

  /// The one that fails says nothing to the others, and goes on.
  @Test func `the others of a node hear that a replica has failed`() throws {
    let heard = Mutex([String]())
    try run(3) { endpoint in
      endpoint.describe(1, as: "video")
      let group = try ReplicaGroup([0, 1, 2], endpoint: endpoint)
      if endpoint.worldRank == 1 { return group.fail() }
      do {
        try group.meet(for: "the end")
      } catch let error as ExchangeError {
        heard.withLock { $0.append("\(error)") }
      }
    }
    #expect(heard.withLock { $0 } == ["rank 1 (video) has failed", "rank 1 (video) has failed"])
  }

  @Test func `all that wait in vain say for whom`() {
    #expect(
      throws: ExchangeError.stopped(
        "nobody is left to send what is waited for: rank 0 waits for numbers from rank 1, which has ended; rank 2 waits for numbers from rank 1, which has ended"
      )
    ) {
      try run(3) { endpoint in
        let group = try ReplicaGroup([0, 1, 2], endpoint: endpoint)
        if endpoint.worldRank != 1 { _ = try group.exchange([1]) }
      }
    }
  }
}
