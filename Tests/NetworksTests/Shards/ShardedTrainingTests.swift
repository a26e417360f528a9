import TestSupport
import Tensors
import Testing

@testable import Networks

/// Training in shards against training in one piece.
@Suite struct ShardedTrainingTests {
  private static let count = 12
  private static let classes = 3

  /// The losses of `steps` steps with a head that stands still.
  private func losses(
    _ network: ShardedEncoder, _ options: OptimizerOptions, steps: Int = 50,
    sumsChunks: Bool = true, batch: (Int) -> Tensor
  ) throws -> [Double] {
    var generator = SeededGenerator(seed: 4, stream: "head")
    let head = Head(
      classCount: Self.classes, featureCount: ShardNetwork.features,
      initialFanIn: ShardNetwork.features, generator: &generator)
    let optimizer = Optimizer(options, for: network.first.store)
    let step = OwnStep(optimizer, for: network.first.store, sumsChunks: sumsChunks)
    let (logits, gradient) = (
      Tensor([Self.classes], capacity: Self.count), Tensor([Self.classes], capacity: Self.count)
    )
    let featureGradient = Tensor([ShardNetwork.features], capacity: Self.count)
    let labels = Buffer((0..<Int32(Self.count)).map { $0 % Int32(Self.classes) })
    // With portable products, so that the bits are those of every processor.
    return try Threads.with(count: 1, products: .portable) {
      try (0..<steps).map { index in
        let features = try network.forward(batch(index), of: Self.count, at: [0, index])
        head.logits(features, into: logits)
        let loss = SoftmaxCrossEntropy.evaluate(
          logits: logits, labels: labels, total: Self.count, gradient: gradient)
        head.featureGradient(logitGradient: gradient, into: featureGradient)
        step.begin(learningRate: options.learningRate)
        try network.backward(featureGradient) { step.complete($0) }
        #expect(step.finish() == nil)
        try network.moveStatistics()
        return loss.lossSum / Double(Self.count)
      }
    }
  }

  private static let optimizers: [OptimizerOptions] = OptimizerOptions.Kind.allCases.map { kind in
    var options = OptimizerOptions()
    (options.kind, options.learningRate) = (kind, kind == .sgd ? 0.02 : 0.001)
    return options
  }

  @Test(arguments: [0, 3], optimizers.indices)
  func `four shards give the losses of one`(place: Int, rule: Int) throws {
    let network = ShardNetwork.all[place]
    let options = Self.optimizers[rule]
    let batches = (0..<4).map { network.batch(Self.count, seed: UInt64($0)) }
    let whole = try losses(network.sharded(Shards(1)), options) { batches[$0 % 4] }
    let parts = try losses(network.sharded(Shards(4)), options) { batches[$0 % 4] }
    let worst = zip(whole, parts).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5, "\(worst)")
    #expect((whole.last ?? 9) < 0.9 * (whole.first ?? 0))
    // The numbers are not the same bits: shards are computed on their own.
    #expect(whole != parts)
  }

  @Test(arguments: optimizers.indices)
  func `clipping has one norm for all shards`(rule: Int) throws {
    var options = Self.optimizers[rule]
    options.clipNorm = 0.05
    let network = ShardNetwork.transformer()
    let batches = (0..<4).map { network.batch(Self.count, seed: UInt64($0)) }
    let whole = try losses(network.sharded(Shards(1), .whole), options) { batches[$0 % 4] }
    let parts = try losses(network.sharded(Shards(4), .whole), options) { batches[$0 % 4] }
    let some = try losses(network.sharded(Shards(4), .whole, atOnce: 2), options) {
      batches[$0 % 4]
    }
    let worst = zip(whole, parts).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5, "\(worst)")
    #expect(some == parts)
    options.clipNorm = nil
    #expect(try losses(network.sharded(Shards(4), .whole), options) { batches[$0 % 4] } != parts)
  }

  @Test func `the norm is that of the gradients, whoever sums its chunks`() throws {
    let network = try ShardNetwork.transformer().encoder(capacity: 2, gradients: .whole)
    let store = network.store
    var generator = SeededGenerator(seed: 1, stream: "gradients")
    generator.fill(store.gradients, deviation: 3)
    let chunks = GradientChunks(store)
    // Layer by layer, no chunk in two layers, none left out.
    #expect(chunks.ranges.flatMap { Array($0) } == Array(0..<store.count))
    #expect(
      chunks.ranges.allSatisfy { chunk in
        chunk.count <= GradientChunks.size
          && store.layerRanges.contains {
            $0.contains(chunk.lowerBound) && chunk.upperBound <= $0.upperBound
          }
      })
    let expected = store.gradients.array.reduce(0) { $0 + Double($1) * Double($1) }
    let found = chunks.sumOfSquares(store)
    #expect(abs(found - expected) < 1e-12 * expected)
    // Two ranks, each with some of the chunks.
    let sums = Buffer<Double>(chunks.ranges.count)
    for parity in [1, 0] {
      for (index, chunk) in chunks.ranges.enumerated() where index % 2 == parity {
        sums[index] = GradientChunks.squares(store.gradients(of: chunk))
      }
    }
    #expect(GradientChunks.total(sums) == found)
  }
}
