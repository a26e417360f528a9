import Tensors

@testable import Networks

/// Networks of every kind, and mini-batches of theirs, for tests of shards.
struct ShardNetwork: Sendable {
  let architecture: EncoderArchitecture
  let shape: Shape

  static let capacity = 12
  static let features = 10

  static let all: [ShardNetwork] = [mlp, cnn, resnet, transformer(), bag]
  static let mlp = ShardNetwork(architecture: .mlp(MLPOptions()), shape: [7])
  static let cnn = ShardNetwork(architecture: .cnn(CNNOptions()), shape: [9, 8, 1])
  static let resnet: ShardNetwork = {
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    return ShardNetwork(architecture: .resnet18(resnet), shape: [33, 32, 1])
  }()
  static let bag: ShardNetwork = {
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.longestGram, bag.buckets, bag.hidden) = (9, 2, 20, [16])
    return ShardNetwork(architecture: .bagOfWords(bag), shape: [11])
  }()

  static func transformer(dropout: Double = 0) -> ShardNetwork {
    var options = TransformerOptions()
    (options.width, options.depth, options.heads, options.hidden) = (16, 2, 2, 24)
    (options.input, options.vocabulary, options.positions) = (.text, 9, .learned)
    (options.dropout, options.stochasticDepth) = (dropout, dropout)
    return ShardNetwork(architecture: .transformer(options), shape: [11])
  }

  /// An encoder with weights drawn, or over those of `memory`.
  func encoder(
    capacity: Int, gradients: GradientMemory, training: EncoderTraining = .init(),
    memory: ParameterMemory? = nil
  ) throws -> Encoder {
    var generator = SeededGenerator(seed: 1, stream: "weights")
    guard let memory else {
      return try architecture.makeEncoder(
        inputShape: shape, features: Self.features, capacity: capacity, gradients: gradients,
        training: training, generator: &generator)
    }
    return try architecture.makeEncoder(
      inputShape: shape, features: Self.features, capacity: capacity, gradients: .shared,
      training: training, memory: memory)
  }

  func sharded(
    _ shards: Shards, _ gradients: GradientMemory = .shared, atOnce: Int? = nil,
    synchronisesNorms: Bool = false, training: EncoderTraining = .init()
  ) throws -> ShardedEncoder {
    try ShardedEncoder(
      shards, capacity: Self.capacity, atOnce: atOnce, synchronisesNorms: synchronisesNorms,
      randomness: ShardSeed(seed: 3, name: "m")
    ) {
      try encoder(capacity: $0, gradients: gradients, training: training, memory: $1)
    }
  }

  func batch(_ count: Int, seed: UInt64 = 2) -> Tensor {
    let input = drawn(shape, count: count, seed: seed)
    if shape.rank == 1 {
      for index in 0..<input.elementCount {
        input.values[index] = Float((index * (5 + Int(seed))) % 9)
      }
    }
    return input
  }
}

extension ShardedEncoder {
  /// The features, and the gradients of all values, of this rank's part of a mini-batch.
  func pass(_ input: Tensor, at place: [Int] = [0, 0]) throws -> [[UInt32]] {
    let (count, rows) = (input.count, shards.ownRows(in: input.count))
    let gradient = drawn([ShardNetwork.features], count: count, seed: 2)
    let features = try forward(Tensor(rows: rows, of: input), of: count, at: place).array
    var gradients = [Float](repeating: .nan, count: first.store.count)
    try backward(Tensor(rows: rows, of: gradient)) {
      gradients.replaceSubrange($0, with: first.store.gradients(of: $0).array)
    }
    return [features, gradients].map { $0.map(\.bitPattern) }
  }
}

/// The bits of the sum of two lists of floats.
func sum(_ one: [UInt32], _ other: [UInt32]) -> [UInt32] {
  zip(one, other).map { (Float(bitPattern: $0) + Float(bitPattern: $1)).bitPattern }
}
