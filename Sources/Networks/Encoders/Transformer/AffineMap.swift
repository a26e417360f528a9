import Tensors

/// The affine map `y = W x + b` of rows, in parts, so that a block can fuse the bias with what
/// follows: `W [out, in]`, `b [out]`.
struct AffineMap {
  let weight: Parameter
  let bias: Parameter

  /// Weights as Glorot and Bengio (2010) recommend, for `fanOut` outputs each.
  init(_ name: String, inputs: Int, outputs: Int, fanOut: Int? = nil) {
    weight = Parameter(
      "\(name).weight", [outputs, inputs], .xavierNormal(fanIn: inputs, fanOut: fanOut ?? outputs))
    bias = Parameter("\(name).bias", [outputs], .constant(0))
  }

  var parameters: [Parameter] { [weight, bias] }
  private var outputs: Int { weight.shape[0] }
  private var inputs: Int { weight.shape[1] }

  /// `output = input W^T`, without the bias.
  func multiply(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, rows: Int
  ) {
    BLAS.multiply(
      input, transposed: false, weight.value, transposed: true, into: output, m: rows, n: outputs,
      k: inputs)
  }

  /// Stores the gradient of the weight; of the bias too, unless something fused does.
  func gradients(
    _ outputGradient: UnsafePointer<Float>, _ input: UnsafePointer<Float>, rows: Int,
    withBias: Bool = true
  ) {
    BLAS.multiply(
      outputGradient, transposed: true, input, into: weight.gradient, m: outputs, n: inputs,
      k: rows)
    guard withBias else { return }
    RowKernels.columnSums(outputGradient, into: bias.gradient, rows: rows, columns: outputs)
  }

  /// `inputGradient = outputGradient W`.
  func inputGradient(
    _ outputGradient: UnsafePointer<Float>, into inputGradient: UnsafeMutablePointer<Float>,
    rows: Int
  ) {
    BLAS.multiply(
      outputGradient, weight.value, into: inputGradient, m: rows, n: inputs, k: outputs)
  }
}
