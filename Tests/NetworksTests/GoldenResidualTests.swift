import TestSupport
import Tensors
import Testing

@testable import Networks

/// Residual networks against PyTorch in float64.
@Suite struct GoldenResidualTests {
  /// Norms over few values magnify the rounding of what comes before.
  private static let tolerance = 1e-4

  private func expectEqual(
    _ layer: any Layer, _ pass: GoldenResidual.Pass, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let bound = BoundLayer(layer)
    GoldenResidual.fill(layer.parameters, seed: pass.seed)
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    let shape = Shape(Array(pass.shape.dropFirst()))
    let values = GoldenResidual.drawn(pass.shape.reduce(1, *), seed: pass.seed + 500)
    let input = Tensor(shape, values.map { 2 * $0 })
    func compare(_ found: [Float], _ expected: [Float], _ part: String) {
      expectClose(
        GoldenResidual.thinned(found), expected, relative: Self.tolerance, "\(what): \(part)",
        sourceLocation: sourceLocation)
    }
    let output = layer.forward(input, mode: .training)
    compare(output.array, pass.y, "output")
    let gradient = GoldenResidual.drawn(output.elementCount, seed: pass.seed + 501)
    let back = layer.backward(Tensor(layer.outputShape, gradient), wantsInputGradient: true)
    #expect(back?.sampleShape == shape, sourceLocation: sourceLocation)
    compare(back?.array ?? [], pass.dx, "input gradient")
    #expect(layer.parameters.count == pass.gradients.count, sourceLocation: sourceLocation)
    for (parameter, expected) in zip(layer.parameters, pass.gradients) {
      let count = parameter.shape.elementCount
      let found = Array(UnsafeBufferPointer(start: parameter.gradient, count: count))
      compare(found, expected, "gradient of \(parameter.name)")
    }
    #expect(layer.states.count == pass.states.count, sourceLocation: sourceLocation)
    for (state, expected) in zip(layer.states, pass.states) {
      compare(state.values.array, expected, state.name)
    }
  }

  @Test(arguments: [BlockConvolution.Method.fastest, .columns])
  func `residual blocks are PyTorch's, running statistics included`(
    method: BlockConvolution.Method
  ) throws {
    for golden in try GoldenResidual.read().blocks {
      let pass = golden.pass
      let layer = ResidualBlock(
        inputShape: Shape(Array(pass.shape.dropFirst())), filters: golden.options.filters,
        stride: golden.options.stride, capacity: 5, method: method)
      expectEqual(layer, pass, "block of \(pass.shape), \(method)")
    }
  }

  @Test(arguments: [BlockConvolution.Method.fastest, .columns])
  func `stems are PyTorch's`(method: BlockConvolution.Method) throws {
    for golden in try GoldenResidual.read().stems {
      let pass = golden.pass
      let layer = ResidualStem(
        frameShape: Shape(Array(pass.shape.dropFirst())), filters: golden.options.filters,
        capacity: 3, method: method)
      expectEqual(layer, pass, "stem of \(pass.shape), \(method)")
    }
  }

  @Test func `pooling over sliding windows is PyTorch's`() throws {
    for golden in try GoldenResidual.read().pools {
      let (pass, options) = (golden.pass, golden.options)
      let layer = SlidingMaxPool2DLayer(
        inputShape: Shape(Array(pass.shape.dropFirst())), size: options.size,
        stride: options.stride, padding: options.padding, capacity: 3)
      expectEqual(layer, pass, "pool of \(pass.shape)")
    }
  }

  @Test func `whole networks after three steps are as close to float64 as PyTorch's float32`()
    throws
  {
    for golden in try GoldenResidual.read().networks {
      let found = try trained(golden)
      #expect(found.count == golden.values.count)
      var squares = 0.0
      for (values, expected) in zip(found, golden.values) {
        let values = GoldenResidual.thinned(values, most: 100)
        #expect(values.count == expected.count)
        let difference = zip(values, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        squares += difference / expected.reduce(0) { $0 + $1 * $1 }
      }
      let error = (squares / Double(found.count)).squareRoot()
      #expect(
        error <= 2 * golden.float32Error, "\(golden.shape): \(error) of \(golden.float32Error)")
    }
  }

  /// What the script keeps: a probe's features, each parameter's way, the running statistics.
  private func trained(_ golden: GoldenResidual.Network) throws -> [[Double]] {
    var options = ResNetOptions()
    options.width = golden.width
    options.blocks = golden.blocks
    options.frames = golden.frames > 1 ? golden.frames : nil
    let (count, frame) = (golden.shape[0], Array(golden.shape.dropFirst()))
    let shape = Shape(golden.frames > 1 ? [golden.frames] + frame : frame)
    var generator = SeededGenerator(seed: 1, stream: "network")
    let encoder = try EncoderArchitecture.resnet18(options).makeEncoder(
      inputShape: shape, features: 5, capacity: count + 1, generator: &generator)
    GoldenResidual.fill(encoder.store.parameters, seed: golden.seed)
    let start = encoder.store.parameters.map(values)
    let descent = SGD(count: encoder.store.count)
    func batch(_ seed: Int) -> Tensor {
      let values = GoldenResidual.drawn(count * shape.elementCount, seed: seed)
      return Tensor(shape, values.map { 2 * $0 })
    }
    let gradient = Tensor([5], capacity: count)
    for step in 0..<3 {
      let logits = encoder.forward(batch(golden.seed + 500 + step), mode: .training)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: Buffer((0..<count).map { Int32($0 * 3 % 5) }), total: count,
        gradient: gradient)
      encoder.backward(gradient)
      descent.step(
        encoder.store.values, along: encoder.store.gradients, learningRate: 0.02, momentum: 0.9,
        weightDecay: 1e-3)
    }
    let probe = encoder.forward(batch(golden.seed + 600), mode: .evaluation).array.map(Double.init)
    let ways = zip(encoder.store.parameters, start).map { parameter, start in
      zip(values(parameter), start).map { $0.0 - $0.1 }
    }
    return [probe] + ways + encoder.states.map { $0.values.array.map(Double.init) }
  }

  private func values(_ parameter: Parameter) -> [Double] {
    UnsafeBufferPointer(start: parameter.value, count: parameter.shape.elementCount)
      .map(Double.init)
  }
}
