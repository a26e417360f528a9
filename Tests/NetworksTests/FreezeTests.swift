import TestSupport
import Tensors
import Testing

@testable import Networks

/// Layers that do not move.
@Suite struct FreezeTests {
  static let architectures: [(EncoderArchitecture, Shape)] = {
    var picture = TransformerOptions()
    (picture.width, picture.depth, picture.heads, picture.hidden) = (16, 3, 2, 24)
    (picture.patchHeight, picture.patchWidth, picture.positions) = (4, 4, .learned)
    (picture.dropout, picture.stochasticDepth) = (0.2, 0.2)
    var text = picture
    (text.input, text.vocabulary) = (.text, 9)
    (text.norm, text.embeddingNorm) = (.post, true)
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    var cnn = CNNOptions()
    cnn.channels = [8, 8, 8]
    var mlp = MLPOptions()
    mlp.hidden = [9, 8, 7]
    return [
      (.transformer(picture), [9, 8, 1]), (.transformer(text), [11]),
      (.resnet18(resnet), [33, 32, 1]), (.cnn(cnn), [16, 16, 1]), (.mlp(mlp), [7]),
    ]
  }()

  static let freezes: [EncoderTraining.Freeze] = [.embeddings, .blocks(1), .blocks(2), .all]

  private func encoder(
    _ architecture: (EncoderArchitecture, Shape), _ training: EncoderTraining,
    _ gradients: GradientMemory = .shared, features: Int = 10
  ) throws -> Encoder {
    var generator = SeededGenerator(seed: 1, stream: "weights")
    return try architecture.0.makeEncoder(
      inputShape: architecture.1, features: features, capacity: 4, gradients: gradients,
      training: training, generator: &generator)
  }

  private func frozen(_ freeze: EncoderTraining.Freeze) -> EncoderTraining {
    var training = EncoderTraining()
    training.freeze = freeze
    return training
  }

  private func batch(_ shape: Shape, seed: UInt64) -> Tensor {
    let batch = drawn(shape, count: 4, seed: seed)
    guard shape.rank == 1 else { return batch }
    // Token numbers, which any network can read.
    for index in 0..<batch.elementCount { batch.values[index] = Float(1 + (index * 7) % 8) }
    return batch
  }

  /// Steps with batches that `steps` name; returns the features on the way.
  @discardableResult
  private func train(_ encoder: Encoder, _ optimizer: Optimizer, _ steps: Range<Int>) -> [UInt32] {
    steps.flatMap { step in
      let features = encoder.forward(batch(encoder.inputShape, seed: UInt64(step)), mode: .training)
      let bits = features.array.map(\.bitPattern)
      let direction = drawn([features.stride], count: 4, seed: UInt64(100 + step))
      optimizer.step(encoder, along: direction, learningRate: 0.01)
      if step == 1 { optimizer.stepWithoutGradient(learningRate: 0.01) }
      return bits
    }
  }

  @Test(arguments: architectures.indices, freezes.indices)
  func `what is frozen keeps every bit, and all else moves`(network: Int, level: Int) throws {
    for (kind, memory) in [(OptimizerOptions.Kind.sgd, GradientMemory.shared), (.adamw, .whole)] {
      let encoder = try encoder(Self.architectures[network], frozen(Self.freezes[level]), memory)
      var options = OptimizerOptions()
      options.kind = kind
      let optimizer = Optimizer(options, for: encoder.store)
      func values(_ states: [NamedState]) -> [String: [UInt32]] {
        var values: [String: [UInt32]] = [:]
        for state in states { values[state.name] = state.values(of: Float.self)?.map(\.bitPattern) }
        return values
      }
      let (before, streams) = (values(encoder.weights), encoder.randomStreams.map(\.generator))
      train(encoder, optimizer, 0..<3)
      let after = values(encoder.weights)
      let frozenNames = encoder.layerNames[..<encoder.frozenLayerCount]
      for (name, start) in before {
        let isFrozen = frozenNames.contains { name.hasPrefix("\($0).") }
        #expect((after[name] == start) == isFrozen, "\(name)")
      }
      for (stream, start) in zip(encoder.randomStreams, streams) {
        let isFrozen = frozenNames.contains { stream.name.hasPrefix("\($0).") }
        #expect((stream.generator == start) == isFrozen, "\(stream.name)")
      }
      let moving = encoder.store.moving
      #expect(optimizer.velocity.count == moving.count && moving.upperBound == encoder.store.count)
      if memory == .whole { #expect(encoder.store.gradientCount == moving.count) }
    }
  }

  @Test func `a level freezes the layers that it names`() throws {
    func names(_ network: Int, _ freeze: EncoderTraining.Freeze, features: Int = 10) throws
      -> [String]
    {
      let encoder = try encoder(Self.architectures[network], frozen(freeze), features: features)
      return Array(encoder.layerNames[..<encoder.frozenLayerCount])
    }
    #expect(try names(0, .embeddings) == ["embedding1", "dropout1"])
    #expect(try names(1, .embeddings) == ["embedding1", "embedding_norm1", "dropout1"])
    #expect(try names(0, .blocks(2)).suffix(2) == ["block1", "block2"])
    #expect(try names(0, .all).suffix(3) == ["block3", "norm1", "pooling1"])
    #expect(try names(0, .all, features: 16).count == 7)
    #expect(try names(2, .embeddings) == ["stem1"])
    #expect(try names(2, .blocks(3)) == ["stem1", "block1", "block2", "block3"])
    #expect(try names(2, .all).last == "mean1")
    let error = #expect(throws: NetworkError.self) { try names(0, .blocks(4)) }
    #expect("\(try #require(error))".contains("freeze is 4, but must be from 1 to the 3 blocks"))
  }

  /// With portable products a row's bits do not depend on how many rows there are.
  @Test(arguments: [0, 1], freezes.indices)
  func `what moves moves as if the rest moved too`(network: Int, level: Int) throws {
    let (architecture, shape) = Self.architectures[network]
    guard case .transformer(var options) = architecture else { return }
    (options.dropout, options.stochasticDepth) = (0, 0)
    try Threads.with(count: 2, products: .portable) {
      func values(_ freeze: EncoderTraining.Freeze) throws -> (Encoder, [UInt32]) {
        let encoder = try self.encoder((.transformer(options), shape), frozen(freeze))
        train(encoder, Optimizer(OptimizerOptions(), for: encoder.store), 0..<1)
        return (encoder, encoder.store.values.array.map(\.bitPattern))
      }
      let (encoder, some) = try values(Self.freezes[level])
      let (_, all) = try values(.nothing)
      #expect(some[encoder.store.moving] == all[encoder.store.moving])
      #expect(some[..<encoder.store.moving.lowerBound] != all[..<encoder.store.moving.lowerBound])
    }
  }

  @Test(arguments: architectures.indices, OptimizerOptions.Kind.allCases)
  func `a fresh network that takes a state goes on alike`(
    network: Int, kind: OptimizerOptions.Kind
  ) throws {
    var training = frozen(.blocks(1))
    (training.learningRateScale, training.layerDecay) = (0.5, 0.75)
    var options = OptimizerOptions()
    options.kind = kind
    func fresh() throws -> (Encoder, Optimizer) {
      let encoder = try encoder(Self.architectures[network], training)
      return (encoder, Optimizer(options, for: encoder.store))
    }
    let (first, firstOptimizer) = try fresh()
    train(first, firstOptimizer, 0..<3)
    let (other, otherOptimizer) = try fresh()
    restore(other.state, from: first.state)
    restore(otherOptimizer.state, from: firstOptimizer.state)
    #expect(train(first, firstOptimizer, 3..<6) == train(other, otherOptimizer, 3..<6))
  }

  @Test func `clipping sees what moves alone`() throws {
    let encoder = try encoder(Self.architectures[0], frozen(.all), .whole)
    var options = OptimizerOptions()
    options.clipNorm = 1e-3
    let optimizer = Optimizer(options, for: encoder.store)
    let features = encoder.forward(batch(encoder.inputShape, seed: 1), mode: .training)
    let direction = drawn([features.stride], count: 4, seed: 2)
    let norm = try #require(optimizer.step(encoder, along: direction, learningRate: 0.01))
    let squares = encoder.store.gradients.array.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(norm > 1e-3 && abs(squares.squareRoot() - 1e-3) < 1e-6)
  }

  @Test func `where nothing moves, a step changes nothing`() throws {
    let encoder = try encoder(Self.architectures[1], frozen(.all), features: 16)
    let optimizer = Optimizer(OptimizerOptions(), for: encoder.store)
    #expect(encoder.store.moving.isEmpty && encoder.store.gradientCount == 0)
    #expect(optimizer.state.isEmpty)
    let before = encoder.store.values.array
    train(encoder, optimizer, 0..<2)
    #expect(encoder.store.values.array == before && optimizer.nonfinite == nil)
  }
}
