import Tensors
import TestSupport
import Testing

@testable import Networks

/// Methods with two losses need a second backward pass of a mini-batch: its gradients are those that it would
/// have had as the first.
@Suite struct BackwardAgainTests {
  private static let encoders: [EncoderArchitecture] = {
    var mlp = MLPOptions()
    mlp.hidden = [7]
    var cnn = CNNOptions()
    (cnn.channels, cnn.norm) = ([3], .batch)
    var bare = CNNOptions()
    (bare.channels, bare.norm, bare.pooling) = ([3], .none, .mean)
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    var transformer = TransformerOptions()
    (transformer.input, transformer.width, transformer.depth) = (.image, 8, 2)
    (transformer.heads, transformer.hidden, transformer.dropout) = (2, 8, 0.3)
    (transformer.patchHeight, transformer.patchWidth) = (4, 2)
    var text = transformer
    (text.input, text.vocabulary, text.norm, text.embeddingNorm) = (.text, 20, .post, true)
    (text.pooling, text.stochasticDepth) = (.classToken, 0.2)
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.longestGram, bag.buckets) = (20, 2, 10)
    return [
      .mlp(mlp), .cnn(cnn), .cnn(bare), .resnet18(resnet), .transformer(transformer),
      .transformer(text), .bagOfWords(bag),
    ]
  }()

  /// A mini-batch of eight samples.
  private func batch(
    of architecture: EncoderArchitecture, _ generator: inout SeededGenerator
  ) -> Tensor {
    let takesTokens =
      switch architecture {
      case .transformer(let options): options.input == .text
      case .bagOfWords: true
      default: false
      }
    let input = Tensor(takesTokens ? [6] : [8, 6, 1], capacity: 8)
    generator.fill(input.storage, deviation: 1)
    guard takesTokens else { return input }
    for place in 0..<input.elementCount {
      input.storage[place] = Float(place % 6 > 4 ? 0 : 1 + generator.integer(below: 19))
    }
    return input
  }

  private func network(
    _ architecture: EncoderArchitecture, shape: Shape, shards: Int, atOnce: Int?,
    _ generator: inout SeededGenerator
  ) throws -> ShardedEncoder {
    try ShardedEncoder(Shards(shards), capacity: 8, atOnce: atOnce) { capacity, memory in
      guard memory == nil else {
        return try architecture.makeEncoder(
          inputShape: shape, features: 5, capacity: capacity, memory: memory ?? .own)
      }
      return try architecture.makeEncoder(
        inputShape: shape, features: 5, capacity: capacity, generator: &generator)
    }
  }

  /// The gradients that two backward passes of a mini-batch leave; then what the encoder knows.
  private func gradients(
    _ architecture: EncoderArchitecture, shards: Int, atOnce: Int?, _ first: Float?, _ second: Float
  ) throws -> (gradients: [Float], state: [[UInt8]], features: [Float]) {
    var generator = SeededGenerator(seed: 3, stream: "encoder")
    let input = batch(of: architecture, &generator)
    let network = try network(
      architecture, shape: input.sampleShape, shards: shards, atOnce: atOnce, &generator)
    #expect(network.first.repeatsBackward)
    let gradient = Tensor([5], capacity: 8)
    let directions = Buffer<Float>(gradient.storage.count)
    generator.fill(directions, deviation: 1)
    _ = try network.forward(input, of: 8, at: [0, 0])
    for (number, factor) in [first, second].compactMap({ $0 }).enumerated() {
      if number > 0 { try network.forwardAgain() }
      for place in 0..<directions.count {
        gradient.storage[place] =
          factor > 0 ? directions[place] : directions[directions.count - 1 - place]
      }
      try network.backward(gradient) { _ in }
    }
    let gradients = network.first.store.gradients.array
    try network.moveStatistics()
    let state = network.state.map(\.bytes)
    let features = try network.forward(input, of: 8, at: [0, 1]).array
    return (gradients, state, features)
  }

  @Test(arguments: encoders.indices, [(1, nil), (4, nil), (4, 2)] as [(Int, Int?)])
  func `the second is as if there were no first, and nothing else changes`(
    index: Int, shards: (count: Int, atOnce: Int?)
  ) throws {
    func found(_ first: Float?, _ second: Float) throws
      -> (gradients: [Float], state: [[UInt8]], features: [Float])
    {
      try gradients(
        Self.encoders[index], shards: shards.count, atOnce: shards.atOnce, first, second)
    }
    let (twice, once, other) = (try found(-1, 1), try found(nil, 1), try found(nil, -1))
    #expect(twice.gradients == once.gradients)
    #expect(other.gradients != once.gradients)
    #expect(twice.state == once.state)
    #expect(twice.features == once.features)
  }
}
