import Networks
import Schemas
import Tensors

extension EncoderGraph {
  /// A transformer over samples of tokens, or of pictures in our layout.
  mutating func transformer(_ input: String, _ network: TransformerNetwork) -> String {
    let options = network.options
    let epsilon = options.epsilon ?? 1e-5
    let isText = options.input == .text
    var counts = isText ? presence(of: input) : nil
    var x = isText ? builder.add("Gather", ["token_embed.weight", input]) : patches(input, network)
    let first = options.classPosition == true ? 1 : 0
    let places = builder.slice("pos_embed", axis: 1, first, first + network.places)
    x = builder.add("Add", [x, places])
    if options.hasClassToken == true {
      x = withClassToken(x, hasPosition: first == 1)
      counts = counts.map { counts in
        let one = builder.float(1)
        let start = builder.slice(counts, axis: 1, 0, 1)
        let present = builder.add("Max", [start, one])
        return builder.add("Concat", [present, counts], [("axis", .integer(1))])
      }
    }
    if options.embeddingNorm == true { x = builder.layerNorm(x, "embed_norm", epsilon: epsilon) }
    let there = counts.map { counts in
      let isThere = builder.add(
        "Cast", [counts], [("to", .integer(Onnx_TensorProto.DataType.bool.rawValue))])
      let keys = builder.integers([1, 2])
      return builder.add("Unsqueeze", [isThere, keys])
    }
    for number in 0..<network.depth {
      x = block(x, "blocks.\(number)", network, there: there)
    }
    if options.norm == .pre { x = builder.layerNorm(x, "norm", epsilon: epsilon) }
    x = pooled(x, counts, network)
    return network.features == nil ? x : builder.linear(x, "head")
  }

  /// Pictures to rows of patches, `[n, patches, width]`.
  private mutating func patches(_ input: String, _ network: TransformerNetwork) -> String {
    let (height, width) = (network.options.patchHeight, network.options.patchWidth)
    var x = channelsFirst(input)
    let (rows, columns) = TransformerNetwork.grid(network.options, network.sample)
    let missing = (rows * height - network.sample[0], columns * width - network.sample[1])
    if missing != (0, 0) {
      let pads = builder.integers([0, 0, 0, 0, 0, 0, missing.0, missing.1])
      x = builder.add("Pad", [x, pads])
    }
    x = builder.convolution(
      x, "patch_embed.proj", kernel: (height, width), stride: (height, width), hasBias: true)
    return builder.transpose(builder.reshape(x, [0, network.width, -1]), [0, 2, 1])
  }

  private mutating func withClassToken(_ x: String, hasPosition: Bool) -> String {
    var token = "cls_token"
    if hasPosition {
      token = builder.add("Add", [token, builder.slice("pos_embed", axis: 1, 0, 1)])
    }
    let shape = builder.add("Shape", [x])
    let count = builder.slice(shape, axis: 0, 0, 1)
    let ones = builder.integers([1, 1])
    let axes = builder.add("Concat", [count, ones], [("axis", .integer(0))])
    let tokens = builder.add("Expand", [token, axes])
    return builder.add("Concat", [tokens, x], [("axis", .integer(1))])
  }

  private mutating func block(
    _ x: String, _ name: String, _ network: TransformerNetwork, there: String?
  ) -> String {
    let epsilon = network.options.epsilon ?? 1e-5
    let isPost = network.options.norm == .post
    var input = isPost ? x : builder.layerNorm(x, "\(name).norm1", epsilon: epsilon)
    let attended = attention(input, "\(name).attn", network, there: there)
    var sum = builder.add("Add", [x, attended])
    if isPost { sum = builder.layerNorm(sum, "\(name).norm1", epsilon: epsilon) }
    input = isPost ? sum : builder.layerNorm(sum, "\(name).norm2", epsilon: epsilon)
    var hidden = builder.linear(input, "\(name).mlp.fc1")
    hidden = builder.gelu(hidden, isTanh: network.options.gelu == .tanh)
    let output = builder.add("Add", [sum, builder.linear(hidden, "\(name).mlp.fc2")])
    return isPost ? builder.layerNorm(output, "\(name).norm2", epsilon: epsilon) : output
  }

  /// Every head's attention of rows to the rows that are there.
  private mutating func attention(
    _ x: String, _ name: String, _ network: TransformerNetwork, there: String?
  ) -> String {
    let headWidth = network.width / network.heads
    var all = builder.linear(x, "\(name).qkv")
    all = builder.reshape(all, [0, network.rows, 3, network.heads, headWidth])
    all = builder.transpose(all, [2, 0, 3, 1, 4])
    let parts = (0..<3).map { part in
      let index = builder.integers([part], isScalar: true)
      return builder.add("Gather", [all, index], [("axis", .integer(0))])
    }
    let product = builder.add("MatMul", [parts[0], builder.transpose(parts[1], [0, 1, 3, 2])])
    let scale = builder.float(Float(1 / Double(headWidth).squareRoot()))
    var scores = builder.add("Mul", [product, scale])
    if let there {
      let never = builder.float(-1e9)
      scores = builder.add("Where", [there, scores, never])
    }
    let weights = builder.add("Softmax", [scores], [("axis", .integer(-1))])
    let mixed = builder.transpose(builder.add("MatMul", [weights, parts[2]]), [0, 2, 1, 3])
    let rows = builder.reshape(mixed, [0, network.rows, network.width])
    return builder.linear(rows, "\(name).proj")
  }

  /// One vector of the rows `[n, t, width]`.
  ///
  /// - Parameter counts: which rows are there, `[n, t]`; nil: all.
  private mutating func pooled(
    _ x: String, _ counts: String?, _ network: TransformerNetwork
  ) -> String {
    let options = network.options
    let hasClass = options.hasClassToken == true
    switch options.pooling ?? .mean {
    case .classToken where counts == nil || hasClass:
      let first = builder.integers([0], isScalar: true)
      return builder.add("Gather", [x, first], [("axis", .integer(1))])
    case .classToken:
      guard let counts else { return x }
      let (axis, one) = (builder.integers([1], isScalar: true), builder.float(1))
      let place = builder.add("CumSum", [counts, axis])
      let isFirst = builder.add("Equal", [place, one])
      let asFloat = builder.add(
        "Cast", [isFirst], [("to", .integer(Onnx_TensorProto.DataType.float.rawValue))])
      return mean(x, builder.add("Mul", [asFloat, counts]))
    case .mean where hasClass:
      let rows = builder.slice(x, axis: 1, 1, network.rows)
      guard let counts else { return mean(rows) }
      return mean(rows, builder.slice(counts, axis: 1, 1, network.rows))
    case .mean, .meanAll: return counts.map { mean(x, $0) } ?? mean(x)
    }
  }

  /// The mean of all rows.
  private mutating func mean(_ rows: String) -> String {
    builder.add("ReduceMean", [rows], [("axes", .integers([1])), ("keepdims", .integer(0))])
  }
}
