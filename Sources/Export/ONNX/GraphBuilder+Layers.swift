import Tensors

extension GraphBuilder {
  /// Any array with its axes in another order.
  mutating func transpose(_ x: String, _ order: [Int]) -> String {
    add("Transpose", [x], [("perm", .integers(order))])
  }

  /// Any array in another shape; 0 keeps an axis, and -1 is what is left.
  mutating func reshape(_ x: String, _ axes: [Int]) -> String {
    let axes = integers(axes)
    return add("Reshape", [x, axes])
  }

  /// The sum over an axis, which goes or stays as one of length 1.
  mutating func sum(_ x: String, axis: Int, keeps: Bool = false) -> String {
    let axes = integers([axis])
    return add("ReduceSum", [x, axes], [("keepdims", .integer(keeps ? 1 : 0))])
  }

  /// The largest along an axis, which stays as one of length 1.
  mutating func largest(_ x: String, axis: Int) -> String {
    add("ReduceMax", [x], [("axes", .integers([axis])), ("keepdims", .integer(1))])
  }

  /// `x` with an axis of length 1 more.
  mutating func unsqueeze(_ x: String, axis: Int) -> String {
    let axes = integers([axis])
    return add("Unsqueeze", [x, axes])
  }

  /// The rows of an axis from `first` to before `end`.
  mutating func slice(_ x: String, axis: Int, _ first: Int, _ end: Int) -> String {
    let (starts, ends, axes) = (integers([first]), integers([end]), integers([axis]))
    return add("Slice", [x, starts, ends, axes])
  }

  /// `x W^T + b` of rows of any number of axes, where `W` is stored as `name.weight [out, in]`.
  mutating func linear(_ x: String, _ name: String) -> String {
    let weight = transpose("\(name).weight", [1, 0])
    let product = add("MatMul", [x, weight])
    return add("Add", [product, "\(name).bias"])
  }

  /// The norm of the last axis that is stored under a name.
  mutating func layerNorm(_ x: String, _ name: String, epsilon: Double) -> String {
    add(
      "LayerNormalization", [x, "\(name).weight", "\(name).bias"],
      [("axis", .integer(-1)), ("epsilon", .float(Float(epsilon)))])
  }

  /// By the running statistics that are stored under a name.
  mutating func batchNorm(_ x: String, _ name: String) -> String {
    add(
      "BatchNormalization",
      [x] + ["weight", "bias", "running_mean", "running_var"].map { "\(name).\($0)" },
      [("epsilon", .float(1e-5))])
  }

  /// A convolution over pictures with their channels first.
  mutating func convolution(
    _ x: String, _ name: String, kernel: (Int, Int), stride: (Int, Int), padding: Int = 0,
    hasBias: Bool = false
  ) -> String {
    add(
      "Conv", [x, "\(name).weight"] + (hasBias ? ["\(name).bias"] : []),
      [
        ("kernel_shape", .integers([kernel.0, kernel.1])),
        ("strides", .integers([stride.0, stride.1])),
        ("pads", .integers([Int](repeating: padding, count: 4))),
      ])
  }

  /// Square windows over pictures with their channels first.
  mutating func pool(
    _ operation: String, _ x: String, size: Int, stride: Int, padding: Int = 0
  ) -> String {
    add(
      operation, [x],
      [
        ("kernel_shape", .integers([size, size])), ("strides", .integers([stride, stride])),
        ("pads", .integers([Int](repeating: padding, count: 4))),
      ])
  }

  /// The Gaussian error linear unit, which ONNX has as one operator only from opset 20 on.
  mutating func gelu(_ x: String, isTanh: Bool) -> String {
    let (half, one) = (float(0.5), float(1))
    let distribution: String
    if isTanh {
      let (cubic, scale) = (float(0.044715), float((2 / Float.pi).squareRoot()))
      let square = add("Mul", [x, x])
      let cube = add("Mul", [square, x])
      let small = add("Mul", [cube, cubic])
      let inner = add("Add", [x, small])
      let scaled = add("Mul", [inner, scale])
      distribution = add("Tanh", [scaled])
    } else {
      let scale = float(Float(0.5).squareRoot())
      let scaled = add("Mul", [x, scale])
      distribution = add("Erf", [scaled])
    }
    let sum = add("Add", [distribution, one])
    let halved = add("Mul", [sum, half])
    return add("Mul", [x, halved])
  }
}
