import Networks
import Tensors

/// A layer that every library has, as encoders of kind mlp and cnn are chains of: what the chain is in PyTorch's
/// `nn.Sequential` and in ONNX follows from it.
enum PlainLayer: Equatable {
  /// All axes of a sample to one.
  case flatten
  /// `[in]` to `[out]`.
  case linear(inputs: Int, outputs: Int)
  /// What is below 0 becomes 0.
  case relu
  /// Channels first, square kernels.
  case convolution(inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int, hasBias: Bool)
  /// By the running statistics.
  case batchNorm(channels: Int)
  /// Square windows that do not overlap.
  case maxPool(size: Int)
  /// The same with the mean.
  case meanPool(size: Int)
}

/// A chain of such layers with their arrays, named by their places: `0.weight`.
struct PlainChain {
  private(set) var layers: [PlainLayer] = []
  private(set) var tensors: [NamedState] = []

  private mutating func append(_ layer: PlainLayer, _ arrays: [(name: String, Shape, [Float])] = [])
  {
    for (name, shape, values) in arrays {
      tensors.append(NamedState("\(layers.count).\(name)", shape, Buffer(values)))
    }
    layers.append(layer)
  }

  /// A linear layer of ours, `linear3`.
  private mutating func append(linear number: Int, of modality: SavedModality, isRectified: Bool) {
    let name = "linear\(number)"
    let shape = modality.shape("\(name).weight") ?? [0, 0]
    append(
      .linear(inputs: shape[1], outputs: shape[0]),
      [
        ("weight", shape, modality.values("\(name).weight")),
        ("bias", [shape[0]], modality.values("\(name).bias")),
      ])
    if isRectified { append(.relu) }
  }

  /// The chain of an mlp.
  init(_ options: MLPOptions, of modality: SavedModality) {
    append(.flatten)
    for number in options.hidden.indices {
      append(linear: number + 1, of: modality, isRectified: true)
    }
    append(linear: options.hidden.count + 1, of: modality, isRectified: options.finalReLU)
  }

  /// The linear layers behind the mean of a bag of words.
  init(_ options: BagOfWordsOptions, of modality: SavedModality) {
    for number in options.hidden.indices {
      append(linear: number + 1, of: modality, isRectified: true)
    }
    let last = options.hidden.count + 1
    if modality.shape("linear\(last).weight") != nil {
      append(linear: last, of: modality, isRectified: false)
    }
  }

  /// The chain of a cnn, for samples with their channels first: so are the columns of the last layer.
  init(_ options: CNNOptions, of modality: SavedModality) {
    let sample = modality.sampleShape
    var (height, width) = (sample[0], sample[1])
    var channels = sample.rank == 3 ? sample[2] : 1
    let padding = options.padding ?? options.kernel / 2
    for (stage, filters) in options.channels.enumerated() {
      let name = "conv\(stage + 1)"
      let places = options.kernel * options.kernel
      let weight = Self.channelsFirst(
        modality.values("\(name).weight"), places: places, channels: channels)
      var arrays = [("weight", Shape([filters, channels, options.kernel, options.kernel]), weight)]
      if options.norm == .none {
        arrays.append(("bias", [filters], modality.values("\(name).bias")))
      }
      append(
        .convolution(
          inputs: channels, outputs: filters, kernel: options.kernel, stride: options.stride,
          padding: padding, hasBias: options.norm == .none), arrays)
      if options.norm == .batch {
        append(
          .batchNorm(channels: filters),
          ["weight", "bias", "running_mean", "running_var"].map {
            ($0, [filters], modality.values("norm\(stage + 1).\($0)"))
          })
      }
      append(.relu)
      height = (height + 2 * padding - options.kernel) / options.stride + 1
      width = (width + 2 * padding - options.kernel) / options.stride + 1
      if options.pooling != .none {
        append(
          options.pooling == .max
            ? .maxPool(size: options.poolSize) : .meanPool(size: options.poolSize))
        (height, width) = (height / options.poolSize, width / options.poolSize)
      }
      channels = filters
    }
    append(.flatten)
    let shape = modality.shape("linear1.weight") ?? [0, 0]
    let weight = Self.channelsFirst(
      modality.values("linear1.weight"), places: height * width, channels: channels)
    append(
      .linear(inputs: shape[1], outputs: shape[0]),
      [("weight", shape, weight), ("bias", [shape[0]], modality.values("linear1.bias"))])
    if options.finalReLU { append(.relu) }
  }

  /// `[n, places, channels]` to `[n, channels, places]`.
  static func channelsFirst(_ values: [Float], places: Int, channels: Int) -> [Float] {
    [Float](capacity: values.count) { moved in
      for start in stride(from: 0, to: values.count, by: max(1, places * channels)) {
        for channel in 0..<channels {
          for place in 0..<places { moved.append(values[start + place * channels + channel]) }
        }
      }
    }
  }
}
