import Networks
import Synchronization
import Tensors
import Testing

@testable import Exchange
@testable import Worker

/// Replicas beside their steps: mini-batches that are left out, checkpoints, plans.
@Suite struct ReplicaLifeTests {
  private let network = ReplicaNetwork()

  private static let lies = [
    Lie(nodes: 1, locals: 2), Lie(nodes: 2, locals: 1), Lie(nodes: 2, locals: 2),
  ]

  private func run(
    _ lie: Lie, _ body: @Sendable @escaping (Endpoint) throws -> Void
  ) throws {
    try OneProcess.run(ranks: lie.count + 1, deadline: .seconds(60)) { endpoint in
      if endpoint.worldRank > 0 { try body(endpoint) }
    }
  }

  /// The gradients of a step, as far as they are complete; whether all are finite.
  private static func backward(
    _ step: ReplicaStep, _ network: ReplicaNetwork, number: Int, spoils: Bool = false
  ) throws {
    try step.begin(learningRate: 0.01)
    let store = step.store
    store.gradients.update(
      from: network.gradients(
        step: number, place: step.group.place, count: store.moving.count))
    if spoils { store.gradients[700] = .infinity }
    for layer in Array(store.movingLayers).reversed() { try step.complete(layer) }
  }

  @Test(arguments: lies)
  func `a mini-batch that is left out changes nothing, not even Adam's count`(lie: Lie) throws {
    var options = OptimizerOptions()
    options.kind = .adam
    let found = Mutex([[Float]]())
    try run(lie) { [network, options] endpoint in
      let step = try network.step(lie, options, endpoint, sumsFirst: true)
      for number in 0..<4 {
        let isBad = number == 1
        try Self.backward(
          step, network, number: number, spoils: isBad && step.group.place == lie.count - 1)
        #expect(try step.check() == !isBad)
        if isBad { try step.leaveOut() } else { #expect(try step.finish() == nil) }
      }
      try step.settle()
      found.withLock { $0.append(step.store.values.array) }
    }
    let store = network.store()
    network.draw(store)
    let optimizer = Optimizer(options, for: store)
    for number in [0, 2, 3] {
      let sum = treeSum(
        (0..<lie.count).map {
          network.gradients(step: number, place: $0, count: store.moving.count)
        })
      optimizer.step(along: Buffer(sum), learningRate: 0.01)
    }
    #expect(found.withLock { $0 } == Array(repeating: store.values.array, count: lie.count))
  }

  /// The leader's checkpoint is whole; what it restores from it is everybody's, frozen values too.
  @Test(arguments: lies) func `a run goes on from the leader's checkpoint`(lie: Lie) throws {
    var options = OptimizerOptions()
    options.kind = .adamw
    let ends = Mutex([String: [[Float]]]())
    try run(lie) { [network, options] endpoint in
      func state(_ step: ReplicaStep) -> [NamedState] { step.store.state + step.optimizer.state }
      let step = try network.step(lie, options, endpoint)
      for number in 0..<2 {
        try Self.backward(step, network, number: number)
        _ = try step.finish()
      }
      try step.collectStates()
      let checkpoint = state(step).map { $0.copy() }
      for number in 2..<4 {
        try Self.backward(step, network, number: number)
        _ = try step.finish()
      }
      try step.settle()
      ends.withLock { $0["through", default: []].append(step.store.values.array) }

      let again = try network.step(lie, options, endpoint)
      if again.group.isLeader {
        for (place, saved) in zip(state(again), checkpoint) {
          if let values = saved.values(of: Float.self) { place.restore(values) }
          if let values = saved.values(of: Int64.self) { place.restore(values) }
        }
        again.store.values[3] = 42
      }
      try again.spread()
      #expect(again.store.values[3] == 42)
      for number in 2..<4 {
        try Self.backward(again, network, number: number)
        _ = try again.finish()
      }
      try again.settle()
      again.store.values[3] = step.store.values[3]
      ends.withLock { $0["resumed", default: []].append(again.store.values.array) }
    }
    let found = ends.withLock { $0 }
    #expect(found["through"]?.count == lie.count)
    #expect(found["through"] == found["resumed"])
  }

  @Test func `buckets begin at the last layer and end where there are enough floats`() {
    let plan = ReplicaPlan(layers: [0..<10, 10..<400_000, 400_000..<400_001, 400_001..<500_000])
    #expect(plan.buckets.map(\.range) == [10..<500_000, 0..<10])
    #expect(plan.buckets.map(\.firstChunk) == [1, 0])
    // 98 chunks of 4096 values in the large layer, 1, and 25.
    #expect(plan.buckets.map(\.chunkCount) == [98 + 1 + 25, 1])
    #expect(plan.chunkCount == 125)
  }

  @Test(arguments: [(1, 1), (1, 3), (2, 2), (3, 1), (1, 8)])
  func `every value is moved by one replica`(nodes: Int, locals: Int) {
    let layers = [7..<30_000, 30_000..<30_001, 30_001..<400_003]
    let plan = ReplicaPlan(layers: layers, bucket: 100_000, piece: 5_000)
    let firsts = (0..<nodes * locals).map { $0 - $0 % locals }
    let grid = ReplicaGrid(firsts: firsts)
    var owners = [Int](repeating: 0, count: 400_003)
    for node in 0..<nodes {
      for local in 0..<locals {
        let pieces = plan.pieces(node: node, local: local, in: grid)
        #expect(pieces.allSatisfy { 1...5_000 ~= $0.range.count })
        #expect(pieces.map(\.bucket) == pieces.map(\.bucket).sorted())
        for piece in pieces { for place in piece.range { owners[place] += 1 } }
      }
    }
    #expect(owners.prefix(7).allSatisfy { $0 == 0 })
    #expect(owners.dropFirst(7).allSatisfy { $0 == 1 })
  }
}
