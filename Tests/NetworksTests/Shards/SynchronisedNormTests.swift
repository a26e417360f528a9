import TestSupport
import Tensors
import Testing

@testable import Networks

/// Batch norms that take their statistics over all shards of a mini-batch.
@Suite struct SynchronisedNormTests {
  /// Convolution, norm and linear layers without a kink, or with a norm over vectors.
  private static func smooth(_ capacity: Int, _ memory: ParameterMemory?) -> Encoder {
    let shape: Shape = [6, 5, 2]
    let convolution = Conv2DLayer(
      inputShape: shape, filters: 4, kernel: 3, padding: 1, hasBias: false, capacity: capacity)
    let linear = LinearLayer(inputShape: [6, 5, 4], outputCount: 8, capacity: capacity)
    let encoder = Encoder(
      inputShape: shape,
      layers: [
        ("conv", convolution),
        ("norm1", BatchNormLayer(inputShape: [6, 5, 4], capacity: capacity)),
        ("linear1", linear), ("norm2", BatchNormLayer(inputShape: [8], capacity: capacity)),
        (
          "linear2",
          LinearLayer(inputShape: [8], outputCount: ShardNetwork.features, capacity: capacity)
        ),
      ], memory: memory ?? .own)
    if memory == nil {
      var generator = SeededGenerator(seed: 1, stream: "smooth")
      encoder.store.initialise(from: &generator)
    }
    return encoder
  }

  private func smooth(_ shards: Shards) -> ShardedEncoder {
    ShardedEncoder(shards, capacity: 12, synchronisesNorms: true, makeEncoder: Self.smooth)
  }

  private func floats(_ bits: [UInt32]) -> [Float] { bits.map { Float(bitPattern: $0) } }

  @Test(arguments: [12, 10, 3])
  func `shards give what one batch gives`(count: Int) throws {
    let input = drawn([6, 5, 2], count: count)
    let (whole, parts) = (smooth(.whole), smooth(Shards(4)))
    for step in 0..<2 {
      let (expected, found) = (try whole.pass(input), try parts.pass(input))
      expectClose(floats(found[0]), floats(expected[0]), relative: 1e-5, "features")
      expectClose(floats(found[1]), floats(expected[1]), relative: 2e-5, "gradients")
      for encoder in [whole, parts] { try encoder.moveStatistics() }
      for (found, expected) in zip(parts.first.states, whole.first.states) {
        expectClose(found.values.array, expected.values.array, relative: 1e-6, "step \(step)")
      }
    }
  }

  @Test(arguments: [ShardNetwork.resnet, .cnn].indices, [12, 7])
  func `norms within residual blocks wait for each other, too`(place: Int, count: Int) throws {
    let network = [ShardNetwork.resnet, .cnn][place]
    let input = network.batch(count)
    let whole = try network.sharded(.whole)
    let parts = try network.sharded(Shards(4), synchronisesNorms: true)
    let (expected, found) = (try whole.pass(input), try parts.pass(input))
    expectClose(floats(found[0]), floats(expected[0]), relative: 1e-4, "features")
    expectClose(floats(found[1]), floats(expected[1]), relative: 1e-3, "gradients")
    // Statistics of each shard would be far from it.
    let local = floats(try network.sharded(Shards(4)).pass(input)[0])
    let furthest = zip(local, floats(expected[0])).map { abs($0 - $1) }.max() ?? 0
    #expect(furthest > 1e-2)
  }

  @Test func `the losses of fifty steps are those of one batch`() throws {
    func losses(_ network: ShardedEncoder) throws -> [Double] {
      var generator = SeededGenerator(seed: 4, stream: "head")
      let head = Head(
        classCount: 3, featureCount: ShardNetwork.features, initialFanIn: ShardNetwork.features,
        generator: &generator)
      let step = OwnStep(
        Optimizer(OptimizerOptions(), for: network.first.store), for: network.first.store)
      let (logits, gradient) = (Tensor([3], capacity: 12), Tensor([3], capacity: 12))
      let featureGradient = Tensor([ShardNetwork.features], capacity: 12)
      return try (0..<50).map { index in
        let input = drawn([6, 5, 2], count: 12, seed: UInt64(index % 4))
        head.logits(try network.forward(input, of: 12, at: [index]), into: logits)
        let loss = SoftmaxCrossEntropy.evaluate(
          logits: logits, labels: Buffer((0..<12).map { $0 % 3 }), total: 12, gradient: gradient)
        head.featureGradient(logitGradient: gradient, into: featureGradient)
        step.begin(learningRate: 0.01)
        try network.backward(featureGradient) { step.complete($0) }
        _ = step.finish()
        try network.moveStatistics()
        return loss.lossSum / 12
      }
    }
    let (whole, parts) = (try losses(smooth(.whole)), try losses(smooth(Shards(4))))
    let worst = zip(whole, parts).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5, "\(worst)")
    #expect((whole.last ?? 9) < 0.9 * (whole.first ?? 0))
  }

  /// Writes down what all shards said on one rank; then answers a rank with it that has some of them, whose
  /// own numbers must be in it.
  private final class Record: MomentExchange {
    var all: [[Double]] = []
    var place: (next: Int, own: Range<Int>)?

    func gather(_ own: Buffer<Double>) -> Buffer<Double> {
      guard let (next, shards) = place else {
        all.append(own.array)
        return own
      }
      let expected = all[next]
      let stride = own.count / shards.count
      #expect(
        own.array == Array(expected[shards.lowerBound * stride..<shards.upperBound * stride]))
      place = (next + 1, shards)
      return Buffer(expected)
    }
  }

  @Test(arguments: [true, false], [12, 3])
  func `ranks say what one rank's shards say, and go on alike`(
    synchronised: Bool, count: Int
  ) throws {
    for network in [ShardNetwork.resnet, .cnn] {
      let input = network.batch(count)
      let record = Record()
      let whole = try network.sharded(Shards(4), synchronisesNorms: synchronised)
      whole.exchange = record
      let expected = try whole.pass(input)
      try whole.moveStatistics()
      #expect(record.all.count >= (synchronised ? 4 : 1))
      var sums: [[UInt32]] = []
      for own in [0..<2, 2..<3, 3..<4] {
        record.place = (0, own)
        let part = try network.sharded(Shards(4, own: own), synchronisesNorms: synchronised)
        part.exchange = record
        sums.append(try part.pass(input)[1])
        try part.moveStatistics()
        #expect(record.place?.next == record.all.count)
        #expect(
          zip(part.first.states, whole.first.states).allSatisfy {
            $0.values.array == $1.values.array
          })
      }
      #expect(sum(sums[0], sum(sums[1], sums[2])) == expected[1])
    }
  }
}
