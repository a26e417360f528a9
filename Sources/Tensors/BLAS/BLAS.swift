import CKernels
import COpenBLAS

/// The matrix products of the trainer, over row-major float32 or float64 storage.
///
/// Shapes in the comments are `[rows, columns]`; leading dimensions are the row lengths unless given.
/// `Products.current` says who computes them, and so what their bits depend on. Large float32 products
/// are shared among `Threads`, whose number changes no bit; OpenBLAS itself has one thread.
public enum BLAS {
  /// `c [m, n] = alpha * a [m, k] * b [k, n] + beta * c`, each factor optionally stored transposed.
  public static func multiply(
    _ a: UnsafePointer<Float>, transposed transposeA: Bool = false,
    _ b: UnsafePointer<Float>, transposed transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, strideA: Int? = nil, strideB: Int? = nil, strideC: Int? = nil
  ) {
    guard m > 0, n > 0 else { return }
    let matrices = FloatMatrices(
      a: a, b: b, c: c, transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k,
      alpha: alpha, beta: beta, strideA: strideA ?? (transposeA ? m : k),
      strideB: strideB ?? (transposeB ? k : n), strideC: strideC ?? n)
    switch Products.current {
    case .openblas: matrices.multiplyByOpenBLAS()
    case .portable: matrices.multiplyPortably()
    }
  }

  /// `c [m, n] = a [m, k] * b [k, n]` in float64.
  public static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    m: Int, n: Int, k: Int, transposeB: Bool = false
  ) {
    guard m > 0, n > 0 else { return }
    switch Products.current {
    case .openblas:
      keepsToOneThread
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n),
        Int32(k), 1, a, Int32(k), b, Int32(transposeB ? k : n), 0, c, Int32(n))
    case .portable:
      multiplyPortably(a, b, into: c, m: m, n: n, k: k, transposeB: transposeB)
    }
  }

  /// `c [m, n] = a [m, n] * s [n, n]` in float64, s symmetric and given by its upper triangle.
  public static func multiply(
    _ a: UnsafePointer<Double>, symmetric s: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>, m: Int, n: Int
  ) {
    guard m > 0, n > 0 else { return }
    switch Products.current {
    case .openblas:
      keepsToOneThread
      cblas_dsymm(
        CblasRowMajor, CblasRight, CblasUpper, Int32(m), Int32(n), 1, s, Int32(n), a, Int32(n), 0,
        c, Int32(n))
    case .portable:
      multiplyPortably(a, s, into: c, m: m, n: n, k: n, bIsSymmetric: true)
    }
  }

  /// The Euclidean norm of `count` values.
  public static func norm(_ values: UnsafePointer<Float>, count: Int) -> Double {
    sum_of_squares(values, count).squareRoot()
  }

  /// Keeps OpenBLAS to one thread, from the first product on: its own would spin when a product is
  /// done, and take cores from ours.
  static let keepsToOneThread: Void = openblas_set_num_threads(1)

  /// The kernels OpenBLAS chose for this processor, such as `SkylakeX`: with `Products.openblas`,
  /// results differ between them.
  public static var coreName: String {
    String(cString: openblas_get_corename())
  }

  /// OpenBLAS's version and build options.
  public static var configuration: String {
    String(cString: openblas_get_config())
  }
}
