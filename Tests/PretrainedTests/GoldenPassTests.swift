import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// Every format against the library that has it, or against its formulas: `Golden/make_pretrained.py`.
@Suite struct GoldenPassTests {
  @Test func `features are those of the library`() throws {
    for model in try GoldenModel.all() {
      let (x, y) = (try model.pass("x"), try model.pass("y"))
      let features = try model.encoder().forward(Tensor(x.sample, x.values), mode: .evaluation)
      expectClose(features.array, y.values, relative: 1e-5, model.folder)
    }
  }

  /// With products whose bits are the same on every processor: what passes here passes everywhere.
  @Test func `a step of training moves every weight as in the library`() throws {
    try Threads.with(count: 1, products: .portable) { try compareSteps() }
  }

  private func compareSteps() throws {
    for model in try GoldenModel.all() {
      let (x, gradient) = (try model.pass("x"), try model.pass("gradient"))
      let (encoder, after) = (try model.encoder(), try model.encoder("step"))
      _ = encoder.forward(Tensor(x.sample, x.values), mode: .training)
      encoder.backward(Tensor(gradient.sample, gradient.values))
      for parameter in encoder.store.parameters {
        for place in 0..<parameter.shape.elementCount {
          parameter.values[place] -= 0.1 * parameter.gradients[place]
        }
      }
      for (found, expected) in zip(encoder.weights, after.weights) {
        expectClose(
          try #require(found.values(of: Float.self)), try #require(expected.values(of: Float.self)),
          relative: 1e-5, "\(model.folder): \(found.name)")
      }
    }
  }
}
