import TestSupport
import Tensors
import Testing

@testable import Networks

/// Layers that move slowly.
@Suite struct LayerRateTests {
  private static func encoder(_ network: Int, _ training: EncoderTraining) throws -> Encoder {
    let (architecture, shape) = FreezeTests.architectures[network]
    return try architecture.makeEncoder(
      inputShape: shape, features: 10, capacity: 4, training: training)
  }

  /// `y = w2 (w1 x + b1) + b2` at x = 2 with w1 = 3, w2 = 5, no biases, and a gradient of 1.
  private func chain(
    frozen: Int = 0, rates: [Double]? = nil, _ change: (inout OptimizerOptions) -> Void = { _ in }
  ) -> [Float] {
    let layers = (0..<2).map {
      ("linear\($0)", LinearLayer(inputShape: [1], outputCount: 1, capacity: 1))
    }
    let encoder = Encoder(
      inputShape: [1], layers: layers, gradients: .shared, frozen: frozen, rates: rates)
    encoder.store.values.update(from: [3, 0, 5, 0])
    var options = OptimizerOptions()
    (options.momentum, options.weightDecay) = (0, 0)
    change(&options)
    let optimizer = Optimizer(options, for: encoder.store)
    _ = encoder.forward(Tensor([1], [2]), mode: .training)
    optimizer.step(encoder, along: Tensor([1], [1]), learningRate: 0.125)
    return encoder.store.values.array
  }

  @Test func `rates multiply the learning rate, by hand`() {
    // Gradients: w1 10, b1 5, w2 6, b2 1.
    #expect(chain() == [1.75, -0.625, 4.25, -0.125])
    #expect(chain(rates: [0.5, 1]) == [2.375, -0.3125, 4.25, -0.125])
    #expect(chain(rates: [0.5, 2]) == [2.375, -0.3125, 3.5, -0.25])
    #expect(chain(frozen: 1) == [3, 0, 4.25, -0.125])
    #expect(chain(frozen: 1, rates: [7, 2]) == [3, 0, 3.5, -0.25])
    // Adam's first step is its rate; decoupled decay takes 1 - rate * 0.5 of the weight.
    let adam = chain(rates: [0.5, 1]) {
      ($0.kind, $0.weightDecay, $0.decayExemption, $0.epsilon) = (.adamw, 0.5, .vectors, 1e-12)
    }
    expectClose(
      adam, [3 * (1 - 0.03125) - 0.0625, -0.0625, 5 * (1 - 0.0625) - 0.125, -0.125],
      relative: 1e-6)
  }

  @Test func `rates fall from the last block to the embeddings`() throws {
    var training = EncoderTraining()
    (training.learningRateScale, training.layerDecay) = (0.5, 0.25)
    func rates(_ network: Int, _ training: EncoderTraining) throws -> [String: Double] {
      let encoder = try Self.encoder(network, training)
      var rates: [String: Double] = [:]
      for (name, range) in zip(encoder.layerNames, encoder.store.layerRanges) {
        guard let rule = encoder.store.rules.first(where: { $0.range.overlaps(range) }) else {
          continue
        }
        rates[name] = rule.rate
      }
      return rates
    }
    #expect(
      try rates(1, training) == [
        "embedding1": 0.5 / 64, "embedding_norm1": 0.5 / 64, "block1": 0.5 / 16, "block2": 0.125,
        "block3": 0.5, "linear1": 1,
      ])
    #expect(
      try rates(2, training) == [
        "stem1": 0.5 / 256, "block1": 0.5 / 64, "block2": 0.5 / 16, "block3": 0.125,
        "block4": 0.5, "linear1": 1,
      ])
    for network in FreezeTests.architectures.indices {
      #expect(try rates(network, EncoderTraining()).values.allSatisfy { $0 == 1 })
    }
  }
}
