import TestSupport
import Tensors
import Testing

@testable import Networks

/// Every layer against PyTorch in float64.
@Suite struct GoldenLayerTests {
  /// The golden values have six digits.
  private static let tolerance = 1e-5

  /// Forward, input gradient and parameter gradients.
  private func expectEqual(
    _ layer: any Layer, _ pass: GoldenLayers.Pass, capacity: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let bound = BoundLayer(layer)
    #expect(layer.parameters.count == pass.parameters.count)
    for (parameter, values) in zip(layer.parameters, pass.parameters) {
      #expect(parameter.shape.elementCount == values.count)
      parameter.value.update(from: values, count: values.count)
    }
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    let input = Tensor(Shape(Array(pass.shape.dropFirst())), pass.x)
    #expect(input.count == pass.shape.first)
    let output = layer.forward(input, mode: .training)
    func compare(_ found: [Float], _ expected: [Float], _ what: String) {
      expectClose(
        found, expected, relative: Self.tolerance, what, sourceLocation: sourceLocation)
    }
    compare(output.array, pass.y, "output")
    let back = layer.backward(Tensor(layer.outputShape, pass.dy), wantsInputGradient: true)
    compare(back?.array ?? [], pass.dx, "input gradient")
    for (parameter, gradient) in zip(layer.parameters, pass.gradients) {
      let found = UnsafeBufferPointer(start: parameter.gradient, count: gradient.count)
      compare(Array(found), gradient, "gradient of \(parameter.name)")
    }
  }

  @Test(arguments: [Conv2DLayer.Method.direct, .columns])
  func `convolutions are PyTorch's`(method: Conv2DLayer.Method) throws {
    for golden in try GoldenLayers.read().convolutions {
      let options = golden.options
      let layer = Conv2DLayer(
        inputShape: Shape(Array(golden.pass.shape.dropFirst())), filters: options.filters,
        kernel: options.kernel, stride: options.stride, padding: options.padding,
        hasBias: options.bias, capacity: 2, method: method)
      expectEqual(layer, golden.pass, capacity: 2)
    }
  }

  @Test func `batch norms are PyTorch's, running statistics included`() throws {
    for golden in try GoldenLayers.read().norms {
      let values = golden.options
      let shape = Shape(Array(golden.pass.shape.dropFirst()))
      let layer = BatchNormLayer(inputShape: shape, capacity: 4, rectified: values.relu)
      expectEqual(layer, golden.pass, capacity: 4)
      // The script's second training batch is the first one again.
      let input = Tensor(shape, golden.pass.x)
      _ = layer.forward(input, mode: .training)
      expectClose(layer.states[0].values.array, values.mean, relative: Self.tolerance, "mean")
      expectClose(
        layer.states[1].values.array, values.variance, relative: Self.tolerance, "variance")
      let evaluated = layer.forward(input, mode: .evaluation).array
      expectClose(evaluated, values.evaluated, relative: Self.tolerance, "evaluated")
    }
  }

  @Test func `pooling is PyTorch's, also among equal values`() throws {
    for golden in try GoldenLayers.read().pools {
      let shape = Shape(Array(golden.pass.shape.dropFirst()))
      let size = golden.options.size
      let layer: any Layer =
        golden.options.kind == "max"
        ? MaxPool2DLayer(inputShape: shape, size: size, capacity: 3)
        : MeanPool2DLayer(inputShape: shape, size: size, capacity: 3)
      expectEqual(layer, golden.pass, capacity: 3)
    }
  }

  @Test func `linear maps are PyTorch's`() throws {
    for golden in try GoldenLayers.read().linears {
      let layer = LinearLayer(
        inputShape: Shape(Array(golden.pass.shape.dropFirst())),
        outputCount: golden.options.outputs, capacity: 5)
      expectEqual(layer, golden.pass, capacity: 5)
    }
  }

  @Test func `the loss is PyTorch's cross-entropy`() throws {
    for golden in try GoldenLayers.read().losses {
      let logits = Tensor([golden.classes], golden.logits)
      let gradient = Tensor([golden.classes], capacity: logits.count)
      let result = SoftmaxCrossEntropy.evaluate(
        logits: logits, labels: Buffer(golden.labels), total: logits.count, gradient: gradient)
      expectClose([result.lossSum], [golden.sum], relative: 1e-6, "loss")
      expectClose(gradient.array, golden.gradient, relative: 1e-6, "gradient")
      #expect(result.correct == golden.correct)
    }
  }

  @Test func `ten steps of descent are PyTorch's`() throws {
    for golden in try GoldenLayers.read().descents {
      let sgd = SGD(count: golden.start.count)
      let values = Buffer(golden.start)
      for gradient in golden.gradients {
        sgd.step(
          values, along: Buffer(gradient), learningRate: golden.rate, momentum: golden.momentum,
          weightDecay: golden.decay)
      }
      expectClose(values.array, golden.end, relative: 1e-6, "values")
      if let velocity = golden.velocity {
        expectClose(sgd.velocity.array, velocity, relative: 1e-6, "velocity")
      }
    }
  }
}
