import TestSupport
import Tensors
import Testing

@testable import Networks

/// Shards of one rank, against encoders that compute one shard each.
@Suite struct ShardedEncoderTests {
  private typealias Network = (architecture: EncoderArchitecture, shape: Shape)

  private static let networks: [Network] = {
    var transformer = TransformerOptions()
    (transformer.width, transformer.depth, transformer.heads, transformer.hidden) = (16, 2, 2, 24)
    (transformer.input, transformer.vocabulary, transformer.positions) = (.text, 9, .learned)
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.longestGram, bag.buckets, bag.hidden) = (9, 2, 20, [16])
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    return [
      (.mlp(MLPOptions()), [7]), (.cnn(CNNOptions()), [9, 8, 1]), (.resnet18(resnet), [17, 16, 1]),
      (.transformer(transformer), [11]), (.bagOfWords(bag), [11]),
    ]
  }()

  private static let capacity = 12

  private func encoder(
    _ network: Network, capacity: Int, gradients: GradientMemory, memory: ParameterMemory? = nil
  ) throws -> Encoder {
    var generator = SeededGenerator(seed: 1, stream: "weights")
    func make(_ memory: ParameterMemory) throws -> Encoder {
      try network.architecture.makeEncoder(
        inputShape: network.shape, features: 10, capacity: capacity, gradients: gradients,
        memory: memory)
    }
    guard let memory else {
      let encoder = try make(.own)
      encoder.store.initialise(from: &generator)
      return encoder
    }
    return try make(memory)
  }

  private func sharded(
    _ network: Network, _ shards: Shards, _ gradients: GradientMemory = .shared
  ) throws -> ShardedEncoder {
    try ShardedEncoder(shards, capacity: Self.capacity) { capacity, memory in
      try encoder(
        network, capacity: capacity, gradients: memory == nil ? gradients : .shared, memory: memory)
    }
  }

  private func batch(_ shape: Shape, _ count: Int) -> Tensor {
    let input = drawn(shape, count: count)
    if shape.rank == 1 {
      for index in 0..<input.elementCount { input.values[index] = Float((index * 5) % 9) }
    }
    return input
  }

  /// The features, and the gradients of all values, of this rank's part of a mini-batch of `count`.
  private func pass(_ network: ShardedEncoder, _ count: Int) throws -> [[UInt32]] {
    let rows = network.shards.ownRows(in: count)
    let input = batch(network.first.inputShape, count)
    let gradient = drawn([10], count: count, seed: 2)
    let features = try network.forward(Tensor(rows: rows, of: input), of: count, at: [0, 0]).array
    var gradients = [Float](repeating: .nan, count: network.first.store.count)
    network.backward(Tensor(rows: rows, of: gradient)) {
      gradients.replaceSubrange($0, with: network.first.store.gradients(of: $0).array)
    }
    return [features, gradients].map { $0.map(\.bitPattern) }
  }

  @Test(arguments: networks.indices, [12, 10, 3])
  func `shards are as many encoders whose gradients are added by hand`(place: Int, count: Int)
    throws
  {
    let network = Self.networks[place]
    let shards = Shards(4)
    let (input, gradient) = (batch(network.shape, count), drawn([10], count: count, seed: 2))
    var features: [Float] = []
    var sums: [[Float]] = []
    for shard in 0..<4 {
      // Memory that begins with the shard, whatever it has been before.
      let rows = shards.rows(of: shard, in: count)
      let alone = try encoder(network, capacity: max(1, rows.count), gradients: .whole)
      sums.append([Float](repeating: 0, count: alone.store.count))
      guard !rows.isEmpty else { continue }
      let part = Tensor(network.shape, Tensor(rows: rows, of: input).array)
      features += alone.forward(part, mode: .training).array
      alone.backward(Tensor([10], Tensor(rows: rows, of: gradient).array))
      sums[shard] = alone.store.gradients.array
    }
    let all = zip(zip(sums[0], sums[1]).map(+), zip(sums[2], sums[3]).map(+)).map(+)
    let expected = [features, all].map { $0.map(\.bitPattern) }
    #expect(try pass(sharded(network, shards, .whole), count) == expected)
    #expect(try pass(sharded(network, shards, .shared), count) == expected)
  }

  @Test(arguments: networks.indices, [12, 5])
  func `ranks that add what they have give what one rank gives`(place: Int, count: Int) throws {
    let network = Self.networks[place]
    let whole = try pass(sharded(network, Shards(4)), count)
    let parts = try [0..<2, 2..<4].map { try pass(sharded(network, Shards(4, own: $0)), count) }
    #expect(parts[0][0] + parts[1][0] == whole[0])
    let sums = zip(parts[0][1], parts[1][1]).map { Float(bitPattern: $0) + Float(bitPattern: $1) }
    #expect(sums.map(\.bitPattern) == whole[1])
  }

  @Test(arguments: networks.indices)
  func `one shard is the encoder itself`(place: Int) throws {
    let network = Self.networks[place]
    let alone = try encoder(network, capacity: Self.capacity, gradients: .whole)
    let features = alone.forward(batch(network.shape, 9), mode: .training).array
    alone.backward(drawn([10], count: 9, seed: 2))
    let expected = [features, alone.store.gradients.array].map { $0.map(\.bitPattern) }
    let sharded = try ShardedEncoder(
      encoder(network, capacity: Self.capacity, gradients: .shared), capacity: Self.capacity)
    #expect(try pass(sharded, 9) == expected)
    #expect(
      zip(sharded.first.states, alone.states).allSatisfy { $0.values.array == $1.values.array })
  }
}
