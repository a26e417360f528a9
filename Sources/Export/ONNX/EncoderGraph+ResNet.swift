import Networks

extension EncoderGraph {
  /// torchvision's residual network over `[n, channels, height, width]`; of videos a mean over frames.
  mutating func resNet(_ input: String, _ options: ResNetOptions, hasMap: Bool) -> String {
    var x = builder.convolution(input, "conv1", kernel: (7, 7), stride: (2, 2), padding: 3)
    x = builder.add("Relu", [builder.batchNorm(x, "bn1")])
    x = builder.pool("MaxPool", x, size: 3, stride: 2, padding: 1)
    for stage in 1...4 {
      for block in 0..<options.blocks {
        x = residualBlock(x, "layer\(stage).\(block)", stride: stage > 1 && block == 0 ? 2 : 1)
      }
    }
    x = builder.add(
      "ReduceMean", [x], [("axes", .integers([2, 3])), ("keepdims", .integer(0))])
    if let frames = options.frames {
      x = builder.reshape(x, [-1, frames, options.width << 3])
      x = builder.add("ReduceMean", [x], [("axes", .integers([1])), ("keepdims", .integer(0))])
    }
    return hasMap ? builder.linear(x, "fc") : x
  }

  private mutating func residualBlock(_ x: String, _ name: String, stride: Int) -> String {
    let steps = (stride, stride)
    var y = builder.convolution(x, "\(name).conv1", kernel: (3, 3), stride: steps, padding: 1)
    y = builder.add("Relu", [builder.batchNorm(y, "\(name).bn1")])
    y = builder.convolution(y, "\(name).conv2", kernel: (3, 3), stride: (1, 1), padding: 1)
    y = builder.batchNorm(y, "\(name).bn2")
    var shortcut = x
    if network.tensors.contains(where: { $0.name == "\(name).downsample.0.weight" }) {
      shortcut = builder.convolution(x, "\(name).downsample.0", kernel: (1, 1), stride: steps)
      shortcut = builder.batchNorm(shortcut, "\(name).downsample.1")
    }
    return builder.add("Relu", [builder.add("Add", [y, shortcut])])
  }
}
