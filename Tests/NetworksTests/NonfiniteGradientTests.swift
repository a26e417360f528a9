import Tensors
import Testing

@testable import Networks

/// A step says where a gradient was infinite or not a number; it reads them all anyway.
@Suite struct NonfiniteGradientTests {
  private static let rules: [(String, @Sendable (inout OptimizerOptions) -> Void)] = [
    ("sgd", { _ in }), ("nesterov", { $0.isNesterov = true }), ("adam", { $0.kind = .adam }),
    ("adamw", { $0.kind = .adamw }), ("clipped", { $0.clipNorm = 1 }),
    ("spared", { $0.decayExemption = .vectors }),
  ]

  @Test(arguments: rules.map(\.0), [Float.nan, .infinity, -.infinity])
  func `every rule sees one in any place`(rule: String, value: Float) throws {
    var options = OptimizerOptions()
    try #require(Self.rules.first { $0.0 == rule }).1(&options)
    for threads in [1, 3] {
      Threads.with(count: threads) {
        let parameters = [
          Parameter("w", [300, 700], .constant(0)), Parameter("b", [37], .constant(0)),
        ]
        let store = ParameterStore(parameters)
        let optimizer = Optimizer(options, for: store)
        // The largest number is finite, and so is the sum of its squares in float64.
        store.gradients.update(repeating: .greatestFiniteMagnitude)
        #expect(store.hasFiniteGradients && optimizer.checkGradients())
        optimizer.step(learningRate: 0)
        #expect(optimizer.nonfinite == nil)
        for place in [0, 17, 209_999, 210_000, 210_036] {
          store.gradients.update(repeating: 0)
          store.gradients[place] = value
          #expect(!store.hasFiniteGradients && !optimizer.checkGradients())
          optimizer.step(learningRate: 0)
          // Clipping spreads it over all.
          #expect(optimizer.nonfinite?.contains(place) == true || rule == "clipped")
          #expect(optimizer.nonfinite != nil)
        }
      }
    }
  }
}
