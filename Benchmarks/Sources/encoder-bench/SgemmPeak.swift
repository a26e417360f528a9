import Measuring
import Tensors

/// What OpenBLAS reaches here and now: a product of square matrices of 1,024.
enum SgemmPeak {
  private static let size = 1_024

  /// GFLOP/s, the best of so many products, by the clock: threads count.
  static func gflops(repetitions: Int = 8) -> Double {
    let (a, b, c) = (matrix(of: 1), matrix(of: 1), matrix(of: 0))
    let times = Threads.with(count: Threads.count, products: .openblas) {
      (0..<repetitions).map { _ in
        let start = now()
        BLAS.multiply(a, b, into: c, m: size, n: size, k: size)
        return now() - start
      }
    }
    precondition(c[0] == Float(size), "a wrong product")
    return 2e-9 * Double(size * size * size) / Times(times).fastest
  }

  private static func matrix(of value: Float) -> Buffer<Float> {
    let matrix = Buffer<Float>(size * size)
    matrix.update(repeating: value)
    return matrix
  }
}
