import Tensors

/// Appends layers, each to the shape that the one before gives.
struct LayerBuilder {
  private(set) var layers: [(name: String, layer: any Layer)] = []
  /// Where each layer stands: 0 among the embeddings, from 1 in a block or stage, beyond them all after
  /// the last; nil for the last linear layer, which no file has weights for.
  private(set) var depths: [Int?] = []
  /// The depth of what is appended next.
  var depth: Int? = 0
  /// The number of blocks or stages.
  var blockCount = 0

  let inputShape: Shape
  let capacity: Int
  /// The shape of a sample of what the last layer gives.
  var shape: Shape
  private var counts: [String: Int] = [:]

  init(inputShape: Shape, capacity: Int) {
    self.inputShape = inputShape
    self.capacity = capacity
    shape = inputShape
  }

  mutating func append(_ kind: String, _ layer: any Layer) {
    counts[kind, default: 0] += 1
    layers.append(("\(kind)\(counts[kind, default: 0])", layer))
    depths.append(depth)
    shape = layer.outputShape
  }

  mutating func appendLinear(_ option: String, _ width: Int, isRectified: Bool) throws {
    try requirePositive(option, width)
    let inputs = shape.elementCount
    guard inputs > 0 else {
      throw NetworkError.badOption("the input size", value: 0, allowed: "at least 1")
    }
    try requireSize("the weight of a linear layer", [width, inputs])
    try requireSize("the output of a linear layer", [capacity, width])
    let initialiser: Parameter.Initialiser =
      isRectified ? .heNormal(fanIn: inputs) : .xavierNormal(fanIn: inputs, fanOut: width)
    append(
      "linear",
      LinearLayer(
        inputShape: shape, outputCount: width, capacity: capacity, initialiser: initialiser,
        rectified: isRectified))
  }

  /// Throws unless the product of `factors` is a size that matrix products can index.
  func requireSize(_ array: String, _ factors: [Int]) throws {
    var size = 1
    for factor in factors {
      let (product, overflows) = size.multipliedReportingOverflow(by: factor)
      guard !overflows, product <= Int(Int32.max) else {
        throw NetworkError.tooLarge(array: array, inputShape: inputShape)
      }
      size = product
    }
  }
}

/// Throws unless `value` is a number that sizes can be multiplied with.
func requirePositive(_ option: String, _ value: Int, atMost limit: Int = 1 << 24) throws {
  guard (1...limit).contains(value) else {
    throw NetworkError.badOption(option, value: value, allowed: "from 1 to \(limit)")
  }
}
