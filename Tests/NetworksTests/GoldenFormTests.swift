import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

/// What `Golden/make_forms.py` wrote: a small transformer, its features and one step of descent.
struct GoldenForm: Decodable {
  let name: String
  let text: Bool
  let norm: String
  let epsilon: Double
  let gelu: String
  let pooling: String
  let classToken: Bool
  let classPosition: Bool
  let columnsFirst: Bool
  let embeddingNorm: Bool
  let features: Int
  let inputs: [Float]
  let count: Int
  let labels: [Int32]
  let output: [Double]
  let ends: [[Double]]
  let moved: Double
  let error: Double

  static func read() throws -> [GoldenForm] {
    let url = try #require(
      Bundle.module.url(forResource: "forms", withExtension: "json", subdirectory: "Golden"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([GoldenForm].self, from: Data(contentsOf: url))
  }

  func options() throws -> TransformerOptions {
    var options = TransformerOptions()
    (options.width, options.heads, options.hidden, options.depth) = (8, 2, 12, 2)
    (options.patchHeight, options.patchWidth) = (2, 2)
    options.input = text ? .text : .image
    (options.vocabulary, options.maximumPositions) = text ? (7, 9) : (nil, nil)
    options.positions = columnsFirst ? .fixedColumnsFirst : .learned
    options.norm = .init(rawValue: norm)
    options.gelu = .init(rawValue: gelu)
    options.pooling = .init(rawValue: pooling)
    try #require(options.norm != nil && options.gelu != nil && options.pooling != nil)
    options.epsilon = epsilon
    (options.hasClassToken, options.classPosition) = (classToken, classPosition)
    options.embeddingNorm = embeddingNorm
    return options
  }

  var shape: Shape { text ? [6] : [4, 6, 2] }
}

/// The forms that pretrained weights have, against PyTorch's own encoder layers in float64.
@Suite struct GoldenFormTests {
  private func encoder(_ form: GoldenForm, count: Int) throws -> Encoder {
    let encoder = try EncoderArchitecture.transformer(try form.options()).makeEncoder(
      inputShape: form.shape, features: form.features, capacity: count)
    try #require(encoder.store.parameters.count == form.ends.count)
    for (index, parameter) in encoder.store.parameters.enumerated() {
      try #require(parameter.shape.elementCount == form.ends[index].count, "\(parameter.name)")
      parameter.values.update(
        from: GoldenTransformers.spelled(parameter.shape.elementCount, seed: index))
    }
    return encoder
  }

  @Test func `features are PyTorch's, in training and in evaluation`() throws {
    let forms = try GoldenForm.read()
    #expect(forms.count == 6)
    for form in forms {
      let encoder = try encoder(form, count: form.count)
      let input = Tensor(form.shape, form.inputs)
      for mode in [Mode.training, .evaluation] {
        let features = encoder.forward(input, mode: mode).array.map(Double.init)
        expectClose(features, form.output, relative: 3e-6, "\(form.name), \(mode)")
      }
    }
  }

  /// The error is the distance from float64 over all parameters; PyTorch's own float32 has one too.
  @Test(arguments: Products.allCases)
  func `a training step errs at most twice as much as PyTorch's float32`(
    products: Products
  ) throws {
    for form in try GoldenForm.read() {
      try Threads.with(count: 2, products: products) {
        let encoder = try encoder(form, count: form.count)
        var options = OptimizerOptions()
        (options.momentum, options.weightDecay) = (0, 1e-2)
        let optimizer = Optimizer(options, for: encoder.store)
        let gradient = Tensor([form.features], capacity: form.count)
        let features = encoder.forward(Tensor(form.shape, form.inputs), mode: .training)
        _ = SoftmaxCrossEntropy.evaluate(
          logits: features, labels: Buffer(form.labels), total: form.count, gradient: gradient)
        encoder.backward(gradient)
        optimizer.step(learningRate: 0.5)
        let found = encoder.store.values.array.map(Double.init)
        let squares = zip(found, form.ends.joined()).reduce(0) {
          $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        let error = squares.squareRoot()
        #expect(form.moved > 0.1)
        #expect(error <= 2 * form.error, "\(form.name): \(error), PyTorch's is \(form.error)")
      }
    }
  }
}
