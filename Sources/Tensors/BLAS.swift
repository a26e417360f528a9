import COpenBLAS

/// The matrix products of the trainer, over row-major float32 or float64 storage.
///
/// Shapes in the comments are `[rows, columns]`; leading dimensions are the row lengths unless given.
/// The order of summation is OpenBLAS's own, fixed for a core type: so a run repeats bit for bit, and
/// one process equals many. Large float32 products are shared among `Threads`; OpenBLAS itself has one.
public enum BLAS {
  /// `c [m, n] = alpha * a [m, k] * b [k, n] + beta * c`, each factor optionally stored transposed.
  public static func multiply(
    _ a: UnsafePointer<Float>, transposed transposeA: Bool = false,
    _ b: UnsafePointer<Float>, transposed transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, strideA: Int? = nil, strideB: Int? = nil, strideC: Int? = nil
  ) {
    guard m > 0, n > 0 else { return }
    keepsToOneThread
    splitMultiply(
      a, transposeA, b, transposeB, c, m: m, n: n, k: k, alpha: alpha, beta: beta,
      strideA: strideA ?? (transposeA ? m : k), strideB: strideB ?? (transposeB ? k : n),
      strideC: strideC ?? n)
  }

  /// `c [m, n] = a [m, k] * b [k, n]` in float64.
  public static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    m: Int, n: Int, k: Int, transposeB: Bool = false
  ) {
    guard m > 0, n > 0 else { return }
    keepsToOneThread
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n),
      Int32(k), 1, a, Int32(k), b, Int32(transposeB ? k : n), 0, c, Int32(n))
  }

  /// `y [m] = a [m, n] * x [n]` in float64.
  public static func multiply(
    _ a: UnsafePointer<Double>, vector x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>, m: Int, n: Int
  ) {
    keepsToOneThread
    cblas_dgemv(CblasRowMajor, CblasNoTrans, Int32(m), Int32(n), 1, a, Int32(n), x, 1, 0, y, 1)
  }

  /// The Euclidean norm of `count` values.
  public static func norm(_ values: UnsafePointer<Float>, count: Int) -> Double {
    keepsToOneThread
    return Double(cblas_snrm2(Int32(count), values, 1))
  }

  /// Keeps OpenBLAS to one thread, from the first product on: its own would spin when a product is
  /// done, and take cores from ours.
  static let keepsToOneThread: Void = openblas_set_num_threads(1)

  /// The kernels OpenBLAS chose for this processor, such as `SkylakeX`: results differ between them.
  public static var coreName: String {
    String(cString: openblas_get_corename())
  }

  /// OpenBLAS's version and build options.
  public static var configuration: String {
    String(cString: openblas_get_config())
  }
}
