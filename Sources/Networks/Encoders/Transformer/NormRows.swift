import CKernels
import Tensors

/// Layer normalisation of rows (Ba, Kiros and Hinton, 2016), in the forms that blocks fuse:
/// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, the variance biased, as in PyTorch.
///
/// Means and deviations are kept, so that the output can be made anew instead of stored.
final class NormRows {
  /// What is added to the variance unless somebody decides.
  static let standardEpsilon = 1e-5

  let weight: Parameter
  let bias: Parameter

  private let width: Int
  private let epsilon: Float
  private let statistics = RowStorage([2])
  /// The sums of blocks of rows, for the gradients of weight and bias.
  private lazy var sums = RowStorage([2 * width])

  init(_ prefix: String, width: Int, epsilon: Double = standardEpsilon) {
    self.width = width
    self.epsilon = Float(epsilon)
    weight = Parameter("\(prefix)weight", [width], .constant(1))
    bias = Parameter("\(prefix)bias", [width], .constant(0))
  }

  var parameters: [Parameter] { [weight, bias] }

  private var norm: RowNorm {
    RowNorm(weight: weight.value, bias: bias.value, width: width, epsilon: epsilon)
  }
  private var mean: UnsafeMutablePointer<Float> { statistics.tensor.values }
  private var inverse: UnsafeMutablePointer<Float> { mean + statistics.tensor.count }

  /// `y` of `x [rows, width]`.
  func forward(_ x: Buffer<Float>, into y: Buffer<Float>, rows: Int) {
    _ = statistics.rows(rows)
    let (x, y) = (x.pointer, y.pointer)
    withUnsafePointer(to: norm) { norm in
      Threads.split(rows, work: 3 * width) { part, _ in
        let (first, place) = (part.lowerBound, part.lowerBound * width)
        norm_rows(norm, x + place, y + place, mean + first, inverse + first, part.count)
      }
    }
  }

  /// `sum = x + branch + branchBias`, which may lie where `branch` does, and the norm of it.
  func forward(
    _ x: Buffer<Float>, plus branch: Buffer<Float>, _ branchBias: Buffer<Float>, sum: Buffer<Float>,
    into y: Buffer<Float>, rows: Int
  ) {
    _ = statistics.rows(rows)
    let (x, branch, branchBias) = (x.pointer, branch.pointer, branchBias.pointer)
    let (sum, y) = (sum.pointer, y.pointer)
    withUnsafePointer(to: norm) { norm in
      Threads.split(rows, work: 5 * width) { part, _ in
        let (first, place) = (part.lowerBound, part.lowerBound * width)
        norm_rows_sum(
          norm, x + place, branch + place, branchBias, sum + place, y + place, mean + first,
          inverse + first, part.count)
      }
    }
  }

  /// The output of the last forward pass once more, bit for bit; `x` is what it was then.
  func again(_ x: Buffer<Float>, into y: Buffer<Float>, rows: Int) {
    precondition(rows == statistics.tensor.count)
    let (x, y) = (x.pointer, y.pointer)
    withUnsafePointer(to: norm) { norm in
      Threads.split(rows, work: 2 * width) { part, _ in
        let (first, place) = (part.lowerBound, part.lowerBound * width)
        norm_rows_again(norm, x + place, mean + first, inverse + first, y + place, part.count)
      }
    }
  }

  /// The gradient with respect to `x`, plus `residual`; stores the gradients of weight and bias.
  /// `dy` and `residual` may be `dx`.
  func backward(
    _ x: Buffer<Float>, _ dy: Buffer<Float>, residual: Buffer<Float>?, into dx: Buffer<Float>,
    rows: Int
  ) {
    precondition(rows == statistics.tensor.count)
    let (x, dy, residual, dx) = (x.pointer, dy.pointer, residual?.pointer, dx.pointer)
    let work = 5 * rows * width
    let blocks = blocks(of: rows)
    // The first block's sums are stored where the others are added.
    let others = sums.rows(blocks - 1)
    func weightSums(_ block: Int) -> UnsafeMutablePointer<Float> {
      block == 0 ? weight.gradient : others.sample(block - 1)
    }
    func biasSums(_ block: Int) -> UnsafeMutablePointer<Float> {
      block == 0 ? bias.gradient : others.sample(block - 1) + width
    }
    withUnsafePointer(to: norm) { norm in
      Threads.split(blocks, work: work / blocks) { range, _ in
        for block in range {
          let first = rows * block / blocks
          let place = first * width
          norm_rows_gradient(
            norm, x + place, mean + first, inverse + first, dy + place, residual.map { $0 + place },
            dx + place, weightSums(block), biasSums(block), rows * (block + 1) / blocks - first)
        }
      }
    }
    for block in 1..<blocks {
      values_add(weight.gradient, weightSums(block), width)
      values_add(bias.gradient, biasSums(block), width)
    }
  }

  /// Takes the memory of the way there.
  func reserveStatistics(rows: Int) { _ = statistics.rows(rows) }

  /// Takes the memory of all passes.
  func reserve(rows: Int) { _ = (statistics.rows(rows), sums.rows(blocks(of: rows) - 1)) }

  private func blocks(of rows: Int) -> Int {
    max(1, min(Threads.blockCount(work: 5 * rows * width), rows))
  }
}
