import TestSupport
import Tensors
import Testing

@testable import Networks

/// Gradients that are used layer by layer, against gradients that exist all at once.
@Suite struct GradientMemoryTests {
  private static let architectures: [(EncoderArchitecture, Shape)] = {
    var transformer = TransformerOptions()
    (transformer.width, transformer.depth, transformer.heads, transformer.hidden) = (16, 2, 2, 24)
    (transformer.input, transformer.vocabulary, transformer.dropout) = (.text, 9, 0.1)
    transformer.positions = .learned
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.longestGram, bag.buckets, bag.hidden) = (9, 2, 20, [16])
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    return [
      (.mlp(MLPOptions()), [7]), (.cnn(CNNOptions()), [9, 8, 1]), (.resnet18(resnet), [17, 16, 1]),
      (.transformer(transformer), [11]), (.bagOfWords(bag), [11]),
    ]
  }()

  /// Every way to step without clipping.
  private static let optimizers: [OptimizerOptions] = OptimizerOptions.Kind.allCases.flatMap {
    kind in
    OptimizerOptions.DecayExemption.allCases.map { exemption in
      var options = OptimizerOptions()
      (options.kind, options.decayExemption, options.weightDecay) = (kind, exemption, 0.1)
      options.isNesterov = kind == .sgd && exemption == .vectors
      return options
    }
  }

  /// Values and the optimizer's memory after three steps, a drift among them.
  private func trained(
    _ architecture: EncoderArchitecture, _ shape: Shape, _ options: OptimizerOptions,
    _ memory: GradientMemory
  ) throws -> [[UInt32]] {
    var generator = SeededGenerator(seed: 1, stream: "weights")
    let encoder = try architecture.makeEncoder(
      inputShape: shape, features: 10, capacity: 4, gradients: memory, generator: &generator)
    let optimizer = Optimizer(options, for: encoder.store)
    let input = drawn(shape, count: 4)
    if shape.rank == 1 {
      for index in 0..<input.elementCount { input.values[index] = Float(index % 9) }
    }
    for step in 0..<3 {
      _ = encoder.forward(input, mode: .training)
      // Whatever a layer does not store itself would show.
      let kept = encoder.store.gradients(of: encoder.store.layerRanges[0])
      for index in 0..<encoder.store.layerRanges[0].count { kept[index] = .nan }
      optimizer.step(
        encoder, along: drawn([10], count: 4, seed: UInt64(step)), learningRate: 0.01)
      if step == 1 { optimizer.stepWithoutGradient(learningRate: 0.02) }
    }
    return ([encoder.store.values.array] + optimizer.state.compactMap { $0.values(of: Float.self) })
      .map { $0.map(\.bitPattern) }
  }

  @Test(arguments: architectures.indices, optimizers.indices)
  func `both ways move every parameter alike, bit for bit`(network: Int, rule: Int) throws {
    let (architecture, shape) = Self.architectures[network]
    let options = Self.optimizers[rule]
    #expect(options.gradientMemory == .shared)
    let whole = try trained(architecture, shape, options, .whole)
    #expect(try trained(architecture, shape, options, .shared) == whole)
    #expect(whole[0].allSatisfy { Float(bitPattern: $0).isFinite })
  }

  @Test func `clipping asks for all gradients, and gets the norm of all`() throws {
    var options = OptimizerOptions()
    options.clipNorm = 0.5
    #expect(options.gradientMemory == .whole)
    let (architecture, shape) = Self.architectures[0]
    let clipped = try trained(architecture, shape, options, options.gradientMemory)
    options.clipNorm = nil
    #expect(try trained(architecture, shape, options, .whole) != clipped)
  }

  @Test func `layers share a place as large as the largest of them needs`() throws {
    for (architecture, shape) in Self.architectures {
      var generator = SeededGenerator(seed: 1, stream: "weights")
      let encoder = try architecture.makeEncoder(
        inputShape: shape, features: 10, capacity: 4, gradients: .shared, generator: &generator)
      let ranges = encoder.store.layerRanges
      #expect(encoder.store.gradientCount == ranges.map(\.count).max())
      #expect(encoder.store.gradientCount < encoder.store.count)
      #expect(ranges.map(\.lowerBound) == [0] + ranges.dropLast().map(\.upperBound))
      for (layer, range) in zip(encoder.layers, ranges) {
        guard let first = layer.parameters.first else { continue }
        #expect(first.value == encoder.store.values[range].pointer)
        #expect(first.gradient == encoder.store.gradients(of: range).pointer)
      }
    }
  }

  @Test func `layers are handed out from the last to the first, each once`() throws {
    let (architecture, shape) = Self.architectures[1]
    var generator = SeededGenerator(seed: 1, stream: "weights")
    let encoder = try architecture.makeEncoder(
      inputShape: shape, features: 10, capacity: 4, generator: &generator)
    _ = encoder.forward(drawn(shape, count: 4), mode: .training)
    var handed: [Range<Int>] = []
    encoder.backward(drawn([10], count: 4)) { handed.append($0) }
    #expect(handed.reversed() == encoder.store.layerRanges.filter { !$0.isEmpty })
  }
}
