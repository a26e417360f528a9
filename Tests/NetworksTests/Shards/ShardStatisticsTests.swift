import TestSupport
import Tensors
import Testing

@testable import Networks

/// Running statistics of norms whose mini-batches are computed in shards.
@Suite struct ShardStatisticsTests {
  /// Gathers what several ranks have, all of which have had their forward passes.
  private final class Gathering: MomentExchange {
    let ranks: [ShardedEncoder]
    init(_ ranks: [ShardedEncoder]) { self.ranks = ranks }
    func gather(_ own: Buffer<Double>) -> Buffer<Double> {
      Buffer(ranks.flatMap { $0.statistics?.own.array ?? [] })
    }
  }

  private static let channels = 5

  /// An encoder of a norm alone.
  private func norm(_ shards: Shards) -> ShardedEncoder {
    ShardedEncoder(shards, capacity: 12) { capacity, memory in
      let shape: Shape = [2, 3, Self.channels]
      return Encoder(
        inputShape: shape,
        layers: [("norm", BatchNormLayer(inputShape: shape, capacity: capacity))],
        memory: memory ?? .own)
    }
  }

  @Test(arguments: [12, 10, 3])
  func `running statistics move as one batch would move them`(count: Int) throws {
    let sharded = norm(Shards(4))
    var expected = (
      mean: [Double](repeating: 0, count: Self.channels),
      variance: [Double](repeating: 1, count: Self.channels)
    )
    for step in 0..<3 {
      let input = drawn([2, 3, Self.channels], count: count, seed: UInt64(step))
      for index in 0..<input.elementCount { input.values[index] = 2 * input.values[index] + 7 }
      _ = try sharded.forward(input, of: count, at: [step])
      try sharded.moveStatistics()
      for channel in 0..<Self.channels {
        let values = stride(from: channel, to: input.elementCount, by: Self.channels).map {
          Double(input.values[$0])
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        expected.mean[channel] = 0.9 * expected.mean[channel] + 0.1 * mean
        expected.variance[channel] =
          0.9 * expected.variance[channel] + 0.1 * squares / Double(values.count - 1)
      }
    }
    let found = sharded.first.states.map { $0.values.array.map(Double.init) }
    // Moments of blocks are centred in float32.
    expectClose(found[0], expected.mean, relative: 1e-6)
    expectClose(found[1], expected.variance, relative: 1e-6)
  }

  @Test(arguments: [12, 7])
  func `every rank moves them to the same bits`(count: Int) throws {
    for network in [ShardNetwork.resnet, .cnn] {
      let input = network.batch(count)
      let whole = try network.sharded(Shards(4))
      let ranks = try (0..<2).map {
        try network.sharded(Shards(4, own: 2 * $0..<2 * $0 + 2))
      }
      for rank in ranks { rank.exchange = Gathering(ranks) }
      for _ in 0..<2 {
        for encoder in [whole] + ranks { _ = try encoder.pass(input) }
        for encoder in [whole] + ranks { try encoder.moveStatistics() }
      }
      func bits(_ encoder: ShardedEncoder) -> [[UInt32]] {
        encoder.first.states.map { $0.values.array.map(\.bitPattern) }
      }
      #expect(ranks.allSatisfy { bits($0) == bits(whole) })
      #expect(bits(whole)[0].contains { $0 != 0 })
    }
  }

  @Test func `nothing moves before the step is over`() throws {
    let sharded = try ShardNetwork.resnet.sharded(Shards(2))
    let before = sharded.first.states.map(\.values.array)
    _ = try sharded.pass(ShardNetwork.resnet.batch(6))
    #expect(sharded.first.states.map(\.values.array) == before)
    try sharded.moveStatistics()
    #expect(sharded.first.states.map(\.values.array) != before)
  }

  @Test func `frozen norms use the statistics that were restored, in every shard`() throws {
    var training = EncoderTraining()
    training.freeze = .blocks(2)
    let network = ShardNetwork.resnet
    let whole = try network.encoder(
      capacity: ShardNetwork.capacity, gradients: .whole, training: training)
    let sharded = try network.sharded(Shards(4), .whole, training: training)
    for encoder in [whole, sharded.first] {
      for (index, state) in encoder.states.enumerated() {
        for place in 0..<state.values.storage.count {
          state.values.storage[place] = 0.5 + Float((index + place) % 3) / 4
        }
      }
    }
    let input = network.batch(4)
    // Layers that do not move are the same for every sample.
    let frozen = whole.forwardFrozen(input).array
    _ = try sharded.forward(input, of: 4, at: [0])
    let parts = sharded.encoders.indices.flatMap {
      sharded.encoders[$0].forwardFrozen(Tensor(rows: $0..<$0 + 1, of: input)).array
    }
    expectClose(parts, frozen, relative: 1e-5)
    let before = sharded.first.states.map(\.values.array)
    try sharded.moveStatistics()
    let after = sharded.first.states.map(\.values.array)
    let moved = sharded.first.movingNorms.count
    #expect(zip(before, after).filter { $0 != $1 }.count == 2 * moved && moved > 0)
  }

  @Test func `the least rows of a norm are those of the smallest map`() throws {
    let network = ShardNetwork.resnet
    func rows(_ shape: Shape, _ samples: Int) throws -> Int? {
      try MemoryPlan().counting {
        try network.architecture.makeEncoder(inputShape: shape, features: 10, capacity: samples)
          .leastNormRows(of: samples)
      }
    }
    // 32 is halved five times, 64 too.
    #expect(try rows([32, 32, 1], 3) == 3)
    #expect(try rows([64, 33, 1], 3) == 3 * 2 * 2)
    #expect(
      try ShardNetwork.mlp.encoder(capacity: 2, gradients: .shared).leastNormRows(of: 2) == nil)
  }
}
