import AllocationCounter
import TestSupport
import Tensors
import Testing

@testable import Networks

/// In the steady state a step takes no memory: not even some that it gives back.
@Suite(.enabled(if: allocation_counter_works() != 0)) struct SteadyStateTests {
  /// What passes: arrays of a few numbers, the objects that views of tensors are.
  private static let small = 4_096

  private static let architectures: [(name: String, EncoderArchitecture, Shape)] = {
    var transformer = TransformerOptions()
    (transformer.width, transformer.depth, transformer.heads) = (32, 2, 2)
    (transformer.patchHeight, transformer.patchWidth) = (4, 4)
    transformer.dropout = 0.1
    transformer.stochasticDepth = 0.1
    var text = transformer
    (text.input, text.vocabulary) = (.text, 50)
    var bert = text
    (bert.norm, bert.embeddingNorm) = (.post, true)
    var bag = BagOfWordsOptions()
    (bag.vocabulary, bag.longestGram, bag.buckets) = (50, 3, 100)
    var resnet = ResNetOptions()
    (resnet.width, resnet.blocks) = (16, 1)
    var bare = CNNOptions()
    (bare.norm, bare.pooling, bare.channels) = (.none, .mean, [12])
    return [
      ("mlp", .mlp(MLPOptions()), [60]), ("cnn", .cnn(CNNOptions()), [28, 28, 1]),
      ("cnn without norm", .cnn(bare), [28, 28, 1]),
      ("resnet18", .resnet18(resnet), [20, 19, 1]),
      ("transformer of images", .transformer(transformer), [16, 15, 1]),
      ("transformer of texts", .transformer(text), [60]), ("bag of words", .bagOfWords(bag), [60]),
      ("transformer in BERT's form", .transformer(bert), [60]),
    ]
  }()

  private static let optimizers: [OptimizerOptions] = OptimizerOptions.Kind.allCases.map { kind in
    var options = OptimizerOptions()
    (options.kind, options.decayExemption) = (kind, .vectors)
    if kind == .adam { options.clipNorm = 1 }
    return options
  }

  /// Mini-batches of changing size; of texts of changing length.
  private func batches(_ shape: Shape) -> [Tensor] {
    (0..<6).map { index in
      let batch = drawn(shape, count: 16 - 3 * (index % 3), seed: UInt64(index))
      guard shape.rank == 1 else { return batch }
      for place in 0..<batch.elementCount {
        let isPadding = place % 60 >= 60 - 9 * index
        batch.values[place] = isPadding ? 0 : Float(1 + place % 49)
      }
      return batch
    }
  }

  @Test(arguments: architectures.indices, optimizers.indices)
  func `a step allocates nothing`(network: Int, rule: Int) throws {
    let (name, architecture, shape) = Self.architectures[network]
    let options = Self.optimizers[rule]
    var generator = SeededGenerator(seed: 1, stream: "weights")
    let encoder = try architecture.makeEncoder(
      inputShape: shape, features: 24, capacity: 16, gradients: options.gradientMemory,
      generator: &generator)
    let head = Head(classCount: 300, featureCount: 24, generator: &generator)
    let (optimizer, headOptimizer) = (
      Optimizer(options, for: encoder.store), Optimizer(options, for: head.store)
    )
    let (logits, gradient) = (Tensor([300], capacity: 16), Tensor([300], capacity: 16))
    let featureGradient = Tensor([24], capacity: 16)
    let labels = Buffer((0..<16).map(Int32.init))
    func step(_ input: Tensor) {
      let features = encoder.forward(input, mode: .training)
      head.logits(features, into: logits)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: labels, total: input.count, gradient: gradient)
      head.gradient(logitGradient: gradient, features: features)
      head.featureGradient(logitGradient: gradient, into: featureGradient)
      optimizer.step(encoder, along: featureGradient, learningRate: 1e-3)
      headOptimizer.step(learningRate: 1e-3)
    }
    let batches = batches(shape)
    for batch in batches { step(batch) }
    allocation_counter_start(Self.small)
    for batch in batches.reversed() { step(batch) }
    let large = allocation_counter_stop()
    #expect(large.count == 0, "\(name): \(large.count) allocations, \(large.bytes) bytes")
  }

  @Test func `a tensor is seen, even one that is gone at once`() {
    allocation_counter_start(Self.small)
    for _ in 0..<3 { _ = Tensor([1_024], capacity: 2) }
    let small = Tensor([64], capacity: 1)
    let large = allocation_counter_stop()
    #expect(large.count == 3 && large.bytes == 3 * 8_192 && small.count == 1)
  }

  @Test func `what is kept is seen, and what is given back is not`() {
    allocation_counter_start(Self.small)
    var kept: [[Int]] = (0..<3).map { _ in [Int](repeating: 1, count: 100) }
    _ = [Int](repeating: 1, count: 2_000)
    let large = allocation_counter_stop()
    #expect((2_400..<4_000).contains(large.kept) && large.count == 1, "\(large)")
    allocation_counter_start(Self.small)
    kept = []
    #expect((-4_000..<(-2_399)).contains(allocation_counter_stop().kept) && kept.isEmpty)
  }

  @Test func `an array of Swift's own is seen`() {
    allocation_counter_start(Self.small)
    let array = [Int](repeating: 1, count: 1_000)
    let large = allocation_counter_stop()
    #expect(large.count == 1 && large.bytes >= 8_000 && array.count == 1_000)
  }

  @Test func `what the language keeps about types for ever is not counted`() {
    /// The depth of a type that nobody has asked for yet, so that the runtime makes it now.
    func depth<T>(of type: T.Type, _ left: Int) -> Int {
      left == 0 ? 0 : 1 + depth(of: Nested<T>.self, left - 1)
    }
    allocation_counter_start(Self.small)
    let made = depth(of: Int.self, 1_000)
    let large = allocation_counter_stop()
    #expect(made == 1_000 && large.count == 0, "\(large.count) allocations, \(large.bytes) bytes")
  }
}

private struct Nested<T> {
  let a: T?
}
