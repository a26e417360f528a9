import CKernels
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct Conv2DLayerTests {
  /// Height, width, channels, filters, kernel, stride, padding, samples.
  static let shapes = [
    (1, 1, 1, 1, 1, 1, 0, 1), (5, 7, 1, 16, 3, 1, 1, 1), (7, 5, 3, 5, 3, 2, 1, 2),
    (6, 9, 16, 32, 3, 1, 1, 3), (4, 3, 32, 16, 3, 1, 2, 2), (9, 8, 2, 48, 5, 3, 2, 1),
    (5, 5, 17, 16, 1, 1, 0, 2), (6, 6, 16, 64, 2, 2, 0, 2), (3, 4, 5, 16, 3, 1, 3, 2),
    (11, 6, 3, 16, 7, 2, 3, 1), (2, 2, 4, 32, 6, 1, 2, 1), (3, 3, 16, 33, 3, 1, 1, 2),
    // Strides beyond the kernel, and padding beyond it: patches that see nothing but zeros.
    (7, 8, 16, 16, 2, 3, 0, 1), (3, 2, 1, 16, 2, 1, 4, 1), (3, 2, 2, 3, 2, 1, 4, 2),
  ]

  private func layer(
    _ s: (Int, Int, Int, Int, Int, Int, Int, Int), _ method: Conv2DLayer.Method
  ) -> Conv2DLayer {
    Conv2DLayer(
      inputShape: [s.0, s.1, s.2], filters: s.3, kernel: s.4, stride: s.5, padding: s.6,
      hasBias: s.7 % 2 == 0, capacity: s.7 + 1, method: method)
  }

  @Test(arguments: [Conv2DLayer.Method.direct, .columns])
  func `gradients are central differences`(method: Conv2DLayer.Method) {
    for s in Self.shapes {
      expectCentralDifferences(
        BoundLayer(layer(s, method)), drawn([s.0, s.1, s.2], count: s.7))
    }
  }

  @Test(arguments: [Conv2DLayer.Method.direct, .columns])
  func `results are those of the definition in float64`(method: Conv2DLayer.Method) {
    for s in Self.shapes {
      let layer = layer(s, method)
      let bound = BoundLayer(layer)
      let input = drawn([s.0, s.1, s.2], count: s.7)
      let output = layer.forward(input, mode: .training)
      let gradient = drawn(layer.outputShape, count: s.7, seed: 3)
      let back = layer.backward(gradient, wantsInputGradient: true)
      let naive = NaiveConvolution(layer: layer, stride: s.5, padding: s.6, input: input)
      expectClose(output.array, naive.output(), relative: 2e-6, "output of \(s)")
      let expected = naive.gradients(gradient)
      expectClose(back?.array ?? [], expected.input, relative: 2e-6, "input gradient of \(s)")
      let weights = bound.store.gradients.array
      expectClose(Array(weights), expected.parameters, relative: 2e-6, "parameters of \(s)")
    }
  }

  @Test func `columns cross samples and tiles without a seam`() {
    // 3,136 rows in tiles of 1,024, of which only the first begins with a sample.
    let layer = layer((28, 28, 2, 3, 3, 1, 1, 4), .columns)
    _ = BoundLayer(layer)
    let input = drawn([28, 28, 2], count: 4)
    let naive = NaiveConvolution(layer: layer, stride: 1, padding: 1, input: input)
    let output = layer.forward(input, mode: .training)
    expectClose(output.array, naive.output(), relative: 2e-6, "output")
    let gradient = drawn(layer.outputShape, count: 4, seed: 3)
    let back = layer.backward(gradient, wantsInputGradient: true)
    expectClose(back?.array ?? [], naive.gradients(gradient).input, relative: 2e-6, "gradient")
  }

  @Test(arguments: [Conv2DLayer.Method.direct, .columns])
  func `an empty batch has zero gradients`(method: Conv2DLayer.Method) {
    let layer = layer((5, 7, 16, 16, 3, 1, 1, 2), method)
    let bound = BoundLayer(layer)
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    #expect(layer.forward(Tensor([5, 7, 16], capacity: 1, count: 0), mode: .training).count == 0)
    let none = Tensor(layer.outputShape, capacity: 1, count: 0)
    #expect(layer.backward(none, wantsInputGradient: true)?.count == 0)
    #expect((0..<bound.store.count).allSatisfy { bound.store.gradients[$0] == 0 })
  }

  @Test(arguments: [Conv2DLayer.Method.direct, .columns])
  func `two runs are equal bit for bit`(method: Conv2DLayer.Method) {
    for s in Self.shapes {
      let layer = Conv2DLayer(
        inputShape: [s.0, s.1, s.2], filters: s.3, kernel: s.4, stride: s.5, padding: s.6,
        capacity: 3, method: method)
      expectRepeatable(BoundLayer(layer), shape: [s.0, s.1, s.2])
    }
  }
}

/// The definition of a convolution, in float64, one product at a time.
struct NaiveConvolution {
  let layer: Conv2DLayer
  let stride: Int
  let padding: Int
  let input: Tensor

  /// Visits every product: output element, input element, weight element.
  private func eachProduct(_ body: (Int, Int, Int) -> Void) {
    let (h, w, c) = (input.sampleShape[0], input.sampleShape[1], input.sampleShape[2])
    let (oh, ow, f) = (layer.outputShape[0], layer.outputShape[1], layer.outputShape[2])
    let kernel = layer.weight.shape[1]
    for n in 0..<input.count {
      for oy in 0..<oh {
        for ox in 0..<ow {
          for filter in 0..<f {
            let output = ((n * oh + oy) * ow + ox) * f + filter
            for ky in 0..<kernel {
              for kx in 0..<kernel {
                let (y, x) = (oy * stride + ky - padding, ox * stride + kx - padding)
                guard (0..<h).contains(y), (0..<w).contains(x) else { continue }
                for channel in 0..<c {
                  let source = ((n * h + y) * w + x) * c + channel
                  body(output, source, ((filter * kernel + ky) * kernel + kx) * c + channel)
                }
              }
            }
          }
        }
      }
    }
  }

  func output() -> [Double] {
    let f = layer.outputShape[2]
    var result = (0..<input.count * layer.outputShape.elementCount).map { index in
      layer.bias.map { Double($0.value[index % f]) } ?? 0
    }
    eachProduct { output, source, weight in
      result[output] += Double(input.values[source]) * Double(layer.weight.value[weight])
    }
    return result
  }

  func gradients(_ dy: Tensor) -> (input: [Double], parameters: [Double]) {
    var back = [Double](repeating: 0, count: input.elementCount)
    let weights = layer.weight.shape.elementCount
    var parameters = [Double](repeating: 0, count: weights)
    eachProduct { output, source, weight in
      back[source] += Double(dy.values[output]) * Double(layer.weight.value[weight])
      parameters[weight] += Double(dy.values[output]) * Double(input.values[source])
    }
    if layer.bias != nil {
      let f = layer.outputShape[2]
      var sums = [Double](repeating: 0, count: f)
      for index in 0..<dy.elementCount { sums[index % f] += Double(dy.values[index]) }
      parameters += sums
    }
    return (back, parameters)
  }
}

/// Expects float32 results to agree with float64 ones.
func expectClose(
  _ found: [Float], _ expected: [Double], relative tolerance: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    found.map(Double.init), expected, relative: tolerance, what, sourceLocation: sourceLocation)
}
