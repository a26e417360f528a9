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
  func multiply(_ input: Buffer<Float>, into output: Buffer<Float>, rows: Int) {
    BLAS.multiply(
      input, transposed: false, weight.values, transposed: true, into: output, m: rows, n: outputs,
      k: inputs)
  }

  /// Stores the gradient of the weight; of the bias too, unless something fused does.
  func gradients(
    _ outputGradient: Buffer<Float>, _ input: Buffer<Float>, rows: Int, withBias: Bool = true
  ) {
    BLAS.multiply(
      outputGradient, transposed: true, input, into: weight.gradients, m: outputs, n: inputs,
      k: rows)
    guard withBias else { return }
    RowKernels.columnSums(outputGradient, into: bias.gradients, rows: rows, columns: outputs)
  }

  /// `inputGradient = outputGradient W`, or plus it if `adds`.
  func inputGradient(
    _ outputGradient: Buffer<Float>, into inputGradient: Buffer<Float>, rows: Int,
    adds: Bool = false
  ) {
    BLAS.multiply(
      outputGradient, weight.values, into: inputGradient, m: rows, n: inputs, k: outputs,
      beta: adds ? 1 : 0)
  }
}
