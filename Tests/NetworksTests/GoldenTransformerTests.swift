import TestSupport
import Tensors
import Testing

@testable import Networks

/// The rows of samples with these numbers of tokens.
func tokenRows(_ lengths: [Int]) -> TokenRows {
  let rows = TokenRows(capacity: lengths.count)
  for length in lengths { rows.append(tokens: length) }
  return rows
}

/// A block of its own.
func block(
  _ rows: TokenRows, width: Int, heads: Int, hidden: Int,
  _ change: (inout TransformerBlockLayer.Options) -> Void = { _ in }
) -> TransformerBlockLayer {
  var options = TransformerBlockLayer.Options(width: width, heads: heads, hidden: hidden)
  change(&options)
  return TransformerBlockLayer(
    options, workspace: BlockWorkspace(options, rows: rows),
    generator: SeededGenerator(seed: 5, stream: "dropout"))
}

/// The layers of transformers, and whole ones, against PyTorch in float64.
@Suite struct GoldenTransformerTests {
  private func expectEqual(
    _ layer: any Layer, _ pass: GoldenLayers.Pass, tolerance: Double = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let bound = BoundLayer(layer)
    #expect(layer.parameters.count == pass.parameters.count, sourceLocation: sourceLocation)
    for (parameter, values) in zip(layer.parameters, pass.parameters) {
      #expect(parameter.shape.elementCount == values.count, sourceLocation: sourceLocation)
      parameter.value.update(from: values, count: values.count)
    }
    for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
    let input = Tensor(Shape(Array(pass.shape.dropFirst())), pass.x)
    func compare(_ found: [Float], _ expected: [Float], _ what: String) {
      expectClose(found, expected, relative: tolerance, what, sourceLocation: sourceLocation)
    }
    let evaluated = layer.forward(input, mode: .evaluation).array
    let output = layer.forward(input, mode: .training)
    compare(output.array, pass.y, "output")
    compare(evaluated, pass.y, "evaluated output")
    let back = layer.backward(Tensor(layer.outputShape, pass.dy), wantsInputGradient: true)
    compare(back?.array ?? [], pass.dx, "input gradient")
    for (parameter, gradient) in zip(layer.parameters, pass.gradients) {
      let found = UnsafeBufferPointer(start: parameter.gradient, count: gradient.count)
      compare(Array(found), gradient, "gradient of \(parameter.name)")
    }
  }

  @Test func `layer norms are PyTorch's`() throws {
    for golden in try GoldenTransformers.read().norms {
      let shape = Shape(Array(golden.pass.shape.dropFirst()))
      expectEqual(LayerNormLayer(inputShape: shape), golden.pass)
    }
  }

  @Test func `both forms of GELU are PyTorch's`() throws {
    for golden in try GoldenTransformers.read().gelus {
      let form = try #require(GELULayer.Form(rawValue: golden.options.form))
      let shape = Shape(Array(golden.pass.shape.dropFirst()))
      expectEqual(GELULayer(inputShape: shape, form: form), golden.pass)
    }
  }

  @Test func `attention over packed rows is PyTorch's over masked padding`() throws {
    for golden in try GoldenTransformers.read().attentions {
      let options = golden.options
      let layer = AttentionLayer(
        width: options.width, heads: options.heads, rows: tokenRows(options.lengths))
      expectEqual(layer, golden.pass)
    }
  }

  @Test func `blocks are PyTorch's`() throws {
    for golden in try GoldenTransformers.read().blocks {
      let options = golden.options
      let form = try #require(GELULayer.Form(rawValue: options.gelu))
      let layer = block(
        tokenRows(options.lengths), width: golden.pass.shape[1], heads: options.heads,
        hidden: options.hidden
      ) { $0.gelu = form }
      expectEqual(layer, golden.pass)
    }
  }

  @Test func `patches are PyTorch's convolution of the padded picture`() throws {
    for golden in try GoldenTransformers.read().patches {
      let options = golden.options
      let layer = PatchEmbeddingLayer(
        inputShape: Shape(Array(golden.pass.shape.dropFirst())), patchHeight: options.patch[0],
        patchWidth: options.patch[1], width: options.width, positions: .learned,
        hasClassToken: false, rows: TokenRows(capacity: 3))
      let pass = golden.pass
      let bound = BoundLayer(layer)
      for (parameter, values) in zip(layer.parameters, pass.parameters) {
        parameter.value.update(from: values, count: values.count)
      }
      // Without positions the layer is the convolution.
      let positions = try #require(layer.parameters.last)
      positions.value.update(repeating: 0, count: positions.shape.elementCount)
      let input = Tensor(Shape(Array(pass.shape.dropFirst())), pass.x)
      for index in 0..<bound.store.count { bound.store.gradients[index] = .nan }
      let output = layer.forward(input, mode: .training)
      expectClose(output.array, pass.y, "output")
      let back = layer.backward(Tensor([options.width], pass.dy), wantsInputGradient: true)
      expectClose(back?.array ?? [], pass.dx, "input gradient")
      for (parameter, gradient) in zip(layer.parameters, pass.gradients) {
        let found = UnsafeBufferPointer(start: parameter.gradient, count: gradient.count)
        expectClose(Array(found), gradient, "gradient of \(parameter.name)")
      }
      // Every sample adds to the gradient of its places.
      let places = positions.shape.elementCount
      let sums = (0..<places).map { place in
        stride(from: place, to: pass.dy.count, by: places).reduce(0) { $0 + pass.dy[$1] }
      }
      let found = UnsafeBufferPointer(start: positions.gradient, count: places)
      expectClose(Array(found), sums, "gradient of positions")
    }
  }

  @Test func `ten steps of every optimizer are PyTorch's`() throws {
    for golden in try GoldenTransformers.read().descents {
      let (matrix, vector) = (
        Parameter("matrix", [4, 5], .constant(0)), Parameter("vector", [7], .constant(0))
      )
      var unused = SeededGenerator(seed: 1, stream: "unused")
      let store = ParameterStore([matrix, vector], from: &unused)
      var options = OptimizerOptions()
      options.kind = try #require(OptimizerOptions.Kind(rawValue: golden.kind))
      options.momentum = golden.momentum
      options.isNesterov = golden.nesterov
      options.weightDecay = golden.decay
      options.decayExemption = golden.exempt ? .vectors : .nothing
      (options.beta1, options.beta2, options.epsilon) = (0.8, 0.95, 1e-4)
      options.clipNorm = golden.clip
      let optimizer = Optimizer(options, for: store)
      store.values.update(from: golden.start)
      for gradient in golden.gradients {
        store.gradients.update(from: gradient)
        optimizer.step(learningRate: golden.rate)
      }
      let found = store.values.array
      expectClose(found, golden.end, relative: 1e-6, "\(golden.kind)")
    }
  }

  private func architecture(_ kind: String) -> (EncoderArchitecture, Shape) {
    var options = TransformerOptions()
    (options.width, options.depth) = (12, 2)
    if kind == "text" {
      (options.input, options.heads, options.vocabulary) = (.text, 3, 11)
      return (.transformer(options), [9])
    }
    (options.heads, options.patchHeight, options.patchWidth) = (2, 2, 2)
    (options.pooling, options.gelu) = (.classToken, .tanh)
    return (.transformer(options), [6, 8, 2])
  }

  /// The error is the distance from float64 over all parameters; PyTorch's own float32 has one too.
  @Test func `three training steps err at most twice as much as PyTorch's float32`() throws {
    for run in try GoldenTransformers.read().runs {
      let (architecture, shape) = architecture(run.kind)
      var generator = SeededGenerator(seed: 1, stream: "unused")
      let encoder = try architecture.makeEncoder(
        inputShape: shape, features: run.features, capacity: run.count, generator: &generator)
      let store = encoder.store
      #expect(store.parameters.count == run.ends.count)
      for (index, parameter) in store.parameters.enumerated() {
        let count = parameter.shape.elementCount
        try #require(run.ends[index].count == count, "\(parameter.name)")
        let start = GoldenTransformers.spelled(count, seed: index)
        parameter.value.update(from: start, count: count)
      }
      var options = OptimizerOptions()
      (options.momentum, options.weightDecay) = (0.9, 1e-2)
      let optimizer = Optimizer(options, for: store)
      let input = Tensor(shape, run.inputs)
      let gradient = Tensor([run.features], capacity: run.count)
      for _ in 0..<3 {
        let features = encoder.forward(input, mode: .training)
        _ = SoftmaxCrossEntropy.evaluate(
          logits: features, labels: Buffer(run.labels), total: run.count, gradient: gradient)
        encoder.backward(gradient)
        optimizer.step(learningRate: 0.05)
      }
      let found = (0..<store.count).map { Double(store.values[$0]) }
      let squares = zip(found, run.ends.joined()).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let error = squares.squareRoot()
      #expect(run.moved > 0.1)
      #expect(error <= 2 * run.error, "\(run.kind): \(error), PyTorch's is \(run.error)")
    }
  }
}
