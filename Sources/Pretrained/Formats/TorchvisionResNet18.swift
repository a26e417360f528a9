import Networks
import Storage
import Tensors

/// torchvision's `resnet18` (He et al., 2016): convolutions `[out, in, height, width]`; the stride of a
/// stage is in the first convolution of its first block, as in ours.
struct TorchvisionResNet18: FormatRules {
  var signature: [String] { ["conv1.weight", "layer1.0.conv1.weight", "bn1.running_mean"] }

  func isSpare(_ name: String) -> Bool {
    name.hasPrefix("fc.") || name.hasSuffix(".num_batches_tracked")
  }

  func complete(
    _ architecture: EncoderArchitecture, from file: NamedTensors,
    _ configuration: ModelConfiguration?
  ) throws -> EncoderArchitecture {
    let settling = Settling(place: file.place, format: .torchvisionResNet18)
    guard case .resnet18(var options) = architecture else {
      throw settling.wrongEncoder(architecture, expected: "resnet18")
    }
    let width = try file.axes(of: "conv1.weight", 4)[0]
    guard file["layer1.0.conv3.weight"] == nil else {
      throw FileError(
        file.place,
        "its blocks have three convolutions, as those of ResNet-50 and larger, but the encoder's "
          + "have two; give weights of ResNet-18")
    }
    let blocks = try (1...4).map { try file.blockCount("layer\($0).", ".conv1.weight") }
    guard Set(blocks).count == 1 else {
      throw FileError(
        file.place,
        "its stages have \(blocks.map(String.init).joined(separator: ", ")) blocks, but those of the "
          + "encoder have equally many; give weights of ResNet-18")
    }
    try settling.settle("width", &options.width, default: ResNetOptions().width, needs: width)
    try settling.settle(
      "blocks", &options.blocks, default: ResNetOptions().blocks, needs: blocks[0])
    return .resnet18(options)
  }

  func recipes(
    for architecture: EncoderArchitecture, from file: NamedTensors, inputShape: Shape,
    _ choices: PretrainedOptions
  ) -> [Recipe] {
    guard case .resnet18(let options) = architecture else { return [] }
    let stem = choices.stem
    // A sample may be a picture without channels, a picture, or a video.
    let channels = inputShape.rank > 2 ? inputShape.dimensions.last ?? 1 : 1
    let stored = file["conv1.weight"]?.shape.dimensions.dropFirst().first ?? channels
    var recipes = [
      Recipe.channelsLast(
        "stem1.conv.weight", "conv1.weight", kernel: [stored, 7, 7], channels: channels, stem,
        advice:
          "the samples have \(counted(channels, "channel")): give pictures with as many as the "
          + "weights, or with one")
    ]
    recipes += norm("stem1.norm", "bn1")
    var inputs = options.width
    for stage in 0..<4 {
      let width = options.width << stage
      for block in 0..<options.blocks {
        let ours = "block\(stage * options.blocks + block + 1)"
        let theirs = "layer\(stage + 1).\(block)"
        recipes += [
          convolution("\(ours).conv1", "\(theirs).conv1", inputs: inputs, side: 3, stem),
          convolution("\(ours).conv2", "\(theirs).conv2", inputs: width, side: 3, stem),
        ]
        recipes += norm("\(ours).norm1", "\(theirs).bn1") + norm("\(ours).norm2", "\(theirs).bn2")
        if stage > 0, block == 0 {
          recipes.append(
            convolution(
              "\(ours).downsample.conv", "\(theirs).downsample.0", inputs: inputs, side: 1, stem))
          recipes += norm("\(ours).downsample.norm", "\(theirs).downsample.1")
        }
        inputs = width
      }
    }
    return recipes
  }

  private func convolution(
    _ ours: String, _ theirs: String, inputs: Int, side: Int, _ stem: StemRule
  ) -> Recipe {
    .channelsLast(
      "\(ours).weight", "\(theirs).weight", kernel: [inputs, side, side], channels: inputs, stem)
  }

  private func norm(_ ours: String, _ theirs: String) -> [Recipe] {
    ["weight", "bias", "running_mean", "running_var"].map {
      .same("\(ours).\($0)", "\(theirs).\($0)")
    }
  }
}
