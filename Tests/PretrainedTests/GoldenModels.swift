import Foundation
import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// A tiny random model that `Golden/make_pretrained.py` wrote.
struct GoldenModel {
  let folder: String
  var architecture: EncoderArchitecture
  var options = PretrainedOptions()

  init(
    _ name: String, _ architecture: EncoderArchitecture, format: PretrainedFormat? = nil
  ) throws {
    folder = try #require(
      Bundle.module.url(forResource: "Golden/\(name)", withExtension: nil)?.path)
    self.architecture = architecture
    options.format = format
  }

  func path(_ name: String) -> String { "\(folder)/\(name).safetensors" }

  /// The weights of a file of the model.
  func weights(_ name: String = "model") throws -> PretrainedWeights {
    try PretrainedWeights(path: path(name), options: options, for: architecture)
  }

  /// A tensor of the model's pass, and the shape of one sample of it.
  func pass(_ name: String, of file: String = "pass") throws -> (values: [Float], sample: Shape) {
    let tensor = try TensorFile(path: path(file)).tensor(named: name)
    let values =
      tensor.elementType == .int64 ? try tensor.integers().map(Float.init) : try tensor.floats()
    return (values, Shape(Array(tensor.shape.dimensions.dropFirst())))
  }

  /// An encoder with the weights of a file, for the pass's input.
  func encoder(_ name: String = "model") throws -> Encoder {
    let weights = try weights(name)
    let encoder = try emptyEncoder(weights)
    try weights.load(into: encoder)
    return encoder
  }

  /// An encoder of the weights' architecture for the pass's input, all of it zero, without a last map.
  func emptyEncoder(_ weights: PretrainedWeights) throws -> Encoder {
    let (x, y) = (try pass("x"), try pass("y"))
    return try weights.architecture.makeEncoder(
      inputShape: x.sample, features: y.sample[0],
      capacity: x.values.count / x.sample.elementCount)
  }
}

extension GoldenModel {
  /// A transformer with some options of its own.
  static func transformer(
    _ name: String, _ input: TransformerOptions.Input, format: PretrainedFormat? = nil,
    _ change: (inout TransformerOptions) -> Void = { _ in }
  ) throws -> GoldenModel {
    var options = TransformerOptions()
    options.input = input
    change(&options)
    return try GoldenModel(name, .transformer(options), format: format)
  }

  /// The models that have a pass and a step.
  static func all() throws -> [GoldenModel] {
    func heads(_ options: inout TransformerOptions) { options.heads = 2 }
    return [
      try GoldenModel("torchvision_resnet18", .resnet18(.init())),
      try transformer("vit_timm", .image, heads), try transformer("vit_torchvision", .image, heads),
      try transformer("vit_huggingface", .image), try transformer("bert", .text),
      try transformer("m3ae_image", .image, format: .m3aeImage, heads),
      try transformer("m3ae_flax_image", .image, format: .m3aeImageFlax, heads),
      try transformer("m3ae_text", .text, format: .m3aeText, heads),
      try transformer("cavmae_audio", .spectrogram, heads),
    ]
  }
}
