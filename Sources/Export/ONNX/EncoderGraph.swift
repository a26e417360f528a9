import Networks
import Schemas
import Storage
import Tensors

/// The graph of a modality: samples `[n, …]`, as training saw them before it standardised them, to features
/// `[n, D]` and logits `[n, K]`.
struct EncoderGraph {
  let modality: SavedModality
  let network: Network
  var builder: GraphBuilder

  /// The graph of a modality's network.
  ///
  /// - Throws: `FileError` where its arrays are more than a file can hold.
  init(_ modality: SavedModality, _ network: Network, place: String) throws {
    (self.modality, self.network) = (modality, network)
    builder = GraphBuilder(modality.name)
    let floats = modality.head.weight.count + 2 * modality.standardiser.means.count
    let byteCount = network.tensors.reduce(4 * floats) { $0 + 4 * $1.shape.elementCount }
    guard byteCount <= GraphBuilder.most else {
      throw FileError(
        place,
        "the encoder of modality \(modality.name) has \(byteCount) bytes of weights, but a file of ONNX holds "
          + "less than 2 GiB; export it with --to torch")
    }
    network.tensors.forEach { builder.store($0) }
    let tokens = modality.architecture.readsTokens
    let axes = [-1] + modality.sampleShape.dimensions
    var x = builder.input("samples", tokens ? .int64 : .float, axes)
    x = standardised(x)
    let features = try features(x, place: place)
    let classCount = modality.head.bias.count
    let featureCount = modality.head.weight.count / max(1, classCount)
    builder.store(
      NamedState("logits.weight", [classCount, featureCount], Buffer(modality.head.weight)))
    builder.store(NamedState("logits.bias", [classCount], Buffer(modality.head.bias)))
    let logits = builder.linear(features, "logits")
    builder.output("features", features, .float, [-1, featureCount])
    builder.output("logits", logits, .float, [-1, classCount])
  }

  private mutating func standardised(_ x: String) -> String {
    guard let axes = PythonSource.statistics(of: modality) else { return x }
    let standardiser = modality.standardiser
    builder.store(NamedState("standardise.mean", Shape(axes), Buffer(standardiser.means)))
    builder.store(NamedState("standardise.scale", Shape(axes), Buffer(standardiser.scales)))
    let centred = builder.add("Sub", [x, "standardise.mean"])
    return builder.add("Div", [centred, "standardise.scale"])
  }

  private mutating func features(_ x: String, place: String) throws -> String {
    switch network {
    case .chain(let chain, let takesPictures):
      return append(chain.layers, to: takesPictures ? channelsFirst(x) : x, prefix: "")
    case .resNet(let options, _, let features):
      return resNet(channelsFirst(x), options, hasMap: features != nil)
    case .transformer(let network): return transformer(x, network)
    case .bagOfWords(_, let chain):
      let vectors = builder.add("Gather", ["embedding.weight", x])
      let there = presence(of: x)
      return append(chain.layers, to: mean(vectors, there), prefix: "layers.")
    }
  }

  /// Pictures, or the frames of videos, with their channels in front: `[n, channels, height, width]`.
  mutating func channelsFirst(_ x: String) -> String {
    let axes = modality.sampleShape.dimensions
    switch axes.count {
    case 2: return builder.unsqueeze(x, axis: 1)
    case 4: return builder.transpose(builder.reshape(x, [-1] + axes.dropFirst()), [0, 3, 1, 2])
    default: return builder.transpose(x, [0, 3, 1, 2])
    }
  }

  /// The layers of a chain, whose arrays are called by their places.
  private mutating func append(_ layers: [PlainLayer], to x: String, prefix: String) -> String {
    var x = x
    for (place, layer) in layers.enumerated() {
      let name = "\(prefix)\(place)"
      switch layer {
      case .flatten: x = builder.add("Flatten", [x], [("axis", .integer(1))])
      case .linear: x = builder.linear(x, name)
      case .relu: x = builder.add("Relu", [x])
      case .convolution(_, _, let kernel, let stride, let padding, let hasBias):
        x = builder.convolution(
          x, name, kernel: (kernel, kernel), stride: (stride, stride), padding: padding,
          hasBias: hasBias)
      case .batchNorm: x = builder.batchNorm(x, name)
      case .maxPool(let size): x = builder.pool("MaxPool", x, size: size, stride: size)
      case .meanPool(let size): x = builder.pool("AveragePool", x, size: size, stride: size)
      }
    }
    return x
  }

  // MARK: - Rows that may not be there

  /// Which tokens are none of padding, `[n, t]`, as float32.
  mutating func presence(of tokens: String) -> String {
    let zero = builder.integers([0], isScalar: true)
    let isPadding = builder.add("Equal", [tokens, zero])
    let isThere = builder.add("Not", [isPadding])
    return builder.add(
      "Cast", [isThere], [("to", .integer(Onnx_TensorProto.DataType.float.rawValue))])
  }

  /// The mean of the rows `[n, t, width]` that count; zeros where none does.
  ///
  /// - Parameter counts: `[n, t]`, 1 or 0.
  mutating func mean(_ rows: String, _ counts: String) -> String {
    let one = builder.float(1)
    let total = builder.sum(counts, axis: 1, keeps: true)
    let divisor = builder.add("Max", [total, one])
    let weights = builder.add("Div", [counts, divisor])
    let columns = builder.unsqueeze(weights, axis: 2)
    return builder.sum(builder.add("Mul", [rows, columns]), axis: 1)
  }
}
