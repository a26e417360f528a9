import Foundation
import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Pretrained

/// Files of weights that something is wrong with.
struct BrokenWeights {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The sentence that opening or loading ends with, without the folder; nil where nothing is refused.
  func refusal(
    _ name: String, _ architecture: EncoderArchitecture, format: PretrainedFormat? = nil,
    sample: Shape = [8, 8, 3]
  ) -> String? {
    do {
      var options = PretrainedOptions()
      options.format = format
      let weights = try PretrainedWeights(
        path: scratch[name], options: options, for: architecture)
      let encoder = try weights.architecture.makeEncoder(
        inputShape: sample, features: 8, capacity: 1)
      try weights.load(into: encoder)
      return nil
    } catch {
      return "\(error)".replacing(scratch.path + "/", with: "")
    }
  }

  func transformer(
    _ input: TransformerOptions.Input, _ change: (inout TransformerOptions) -> Void = { _ in }
  ) -> EncoderArchitecture {
    var options = TransformerOptions()
    options.input = input
    change(&options)
    return .transformer(options)
  }

  /// A golden model's weights under another name, with some of its tensors left out or renamed.
  func write(
    _ model: String, to name: String, configured: Bool = false,
    _ rename: (String) -> String? = { $0 }, values: (String, [Float]) -> [Float] = { $1 },
    shape: (String, Shape) -> Shape = { $1 }
  ) throws {
    let golden = try GoldenModel(model, .resnet18(.init()))
    let states = try TensorFile(path: golden.path("model")).tensors.compactMap {
      tensor -> NamedState? in
      guard tensor.elementType != .int64, let renamed = rename(tensor.name) else { return nil }
      let axes = shape(tensor.name, tensor.shape)
      let floats = try tensor.floats()
      let changed = Array((floats + floats).prefix(axes.elementCount))
      return NamedState(renamed, axes, Buffer(values(tensor.name, changed)))
    }
    try SafeTensors.write(states, to: scratch[name])
    if configured {
      try scratch.write(
        Array(Data(contentsOf: URL(filePath: "\(golden.folder)/config.json"))), to: "config.json")
    }
  }
}
