import CKernels
import Tensors

/// Layer normalisation of rows (Ba, Kiros and Hinton, 2016), in the forms that blocks fuse:
/// `y = (x - mean) / sqrt(variance + 1e-5) * weight + bias`, the variance biased, as in PyTorch.
///
/// Means and deviations are kept, so that the output can be made anew instead of stored.
final class NormRows {
  let weight: Parameter
  let bias: Parameter

  private let width: Int
  private let statistics = RowStorage([2])

  init(_ prefix: String, width: Int) {
    self.width = width
    weight = Parameter("\(prefix)weight", [width], .constant(1))
    bias = Parameter("\(prefix)bias", [width], .constant(0))
  }

  var parameters: [Parameter] { [weight, bias] }

  private var norm: RowNorm {
    RowNorm(weight: weight.value, bias: bias.value, width: width, epsilon: 1e-5)
  }
  private var mean: UnsafeMutablePointer<Float> { statistics.tensor.values }
  private var inverse: UnsafeMutablePointer<Float> { mean + statistics.tensor.count }

  /// `y` of `x [rows, width]`.
  func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int
  ) {
    _ = statistics.rows(rows)
    var norm = norm
    row_norm(&norm, x, y, mean, inverse, rows)
  }

  /// `sum = x + branch + branchBias`, and the norm of it.
  func forward(
    _ x: UnsafePointer<Float>, plus branch: UnsafePointer<Float>,
    _ branchBias: UnsafePointer<Float>, sum: UnsafeMutablePointer<Float>,
    into y: UnsafeMutablePointer<Float>, rows: Int
  ) {
    _ = statistics.rows(rows)
    var norm = norm
    row_norm_sum(&norm, x, branch, branchBias, sum, y, mean, inverse, rows)
  }

  /// The output of the last forward pass once more, bit for bit; `x` is what it was then.
  func again(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int
  ) {
    precondition(rows == statistics.tensor.count)
    var norm = norm
    row_norm_again(&norm, x, mean, inverse, y, rows)
  }

  /// The gradient by `x`, plus `residual`; stores the gradients of weight and bias. `residual` may
  /// be `dx`.
  func backward(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, residual: UnsafePointer<Float>?,
    into dx: UnsafeMutablePointer<Float>, rows: Int
  ) {
    precondition(rows == statistics.tensor.count)
    var norm = norm
    row_norm_gradient(
      &norm, x, mean, inverse, dy, residual, dx, weight.gradient, bias.gradient, rows)
  }
}
