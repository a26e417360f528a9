import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// The way back: an encoder's arrays as the library stores them that they came from.
@Suite struct ForeignLayoutTests {
  private static func models() throws -> [GoldenModel] {
    func heads(_ options: inout TransformerOptions) { options.heads = 2 }
    return [
      try GoldenModel("torchvision_resnet18", .resnet18(.init())),
      try .transformer("vit_timm", .image, heads), try .transformer("bert", .text),
    ]
  }

  private func layout(_ model: GoldenModel) throws -> (ForeignLayout, PretrainedWeights) {
    let weights = try model.weights()
    guard case .transformer(let options) = weights.architecture else {
      return (
        ForeignLayout(
          try model.encoder().weights, of: weights.architecture,
          inputShape: try model.pass("x").sample, as: weights.format), weights
      )
    }
    return (
      ForeignLayout(
        try model.encoder().weights, of: .transformer(options.settled),
        inputShape: try model.pass("x").sample, as: weights.format), weights
    )
  }

  @Test func `what is written back is what the library wrote, bit for bit`() throws {
    for model in try Self.models().prefix(2) {
      let (layout, weights) = try layout(model)
      let rules = weights.format.rules
      let stored = try TensorFile(path: model.path("model")).tensors.filter {
        !rules.isSpare($0.name)
      }
      #expect(layout.rest.isEmpty)
      #expect(Set(layout.tensors.map(\.name)) == Set(stored.map(\.name)))
      for tensor in layout.tensors {
        let other = try #require(stored.first { $0.name == tensor.name })
        #expect(tensor.shape == other.shape, "\(tensor.name)")
        let (found, expected) = (tensor.values(of: Float.self), try other.floats())
        #expect(found?.map(\.bitPattern) == expected.map(\.bitPattern), "\(tensor.name)")
      }
    }
  }

  @Test func `what is written is read again to the same bits`() throws {
    let scratch = try Scratch()
    for model in try Self.models() {
      let (layout, weights) = try layout(model)
      try SafeTensors.write(layout.tensors, to: scratch["w"])
      let again = try PretrainedWeights(path: scratch["w"], for: weights.architecture)
      #expect(again.format == weights.format)
      let encoder = try model.emptyEncoder(again)
      try again.load(into: encoder)
      for (found, expected) in zip(encoder.weights, try model.encoder().weights) {
        #expect(found.bytes == expected.bytes, "\(model.folder): \(found.name)")
      }
    }
  }

  @Test func `arrays that the format does not name are the rest`() throws {
    var generator = SeededGenerator(seed: 1, stream: "test")
    var options = ResNetOptions()
    (options.width, options.blocks) = (2, 1)
    let architecture = EncoderArchitecture.resnet18(options)
    let encoder = try architecture.makeEncoder(
      inputShape: [32, 32], features: 5, capacity: 1, generator: &generator)
    let layout = ForeignLayout(
      encoder.weights, of: architecture, inputShape: [32, 32], as: .torchvisionResNet18)
    #expect(layout.rest.map(\.name) == ["linear1.weight", "linear1.bias"])
    #expect(layout.tensors.first?.shape == [2, 1, 7, 7])
  }
}
