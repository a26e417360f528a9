import COpenBLAS

/// The matrix products of the trainer, over row-major float32 or float64 storage.
///
/// Shapes in the comments are `[rows, columns]`; leading dimensions are the row lengths unless given.
/// The order of summation is OpenBLAS's own: fixed for a core type and a number of threads, so a run
/// repeats bit for bit, and one process equals many.
public enum BLAS {
  /// `c [m, n] = alpha * a [m, k] * b [k, n] + beta * c`, each factor optionally stored transposed.
  public static func multiply(
    _ a: UnsafePointer<Float>, transposed transposeA: Bool = false,
    _ b: UnsafePointer<Float>, transposed transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, strideA: Int? = nil, strideB: Int? = nil, strideC: Int? = nil
  ) {
    guard m > 0, n > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), alpha, a, Int32(strideA ?? (transposeA ? m : k)),
      b, Int32(strideB ?? (transposeB ? k : n)), beta, c, Int32(strideC ?? n))
  }

  /// `c [m, n] = a [m, k] * b [k, n]` in float64.
  public static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    m: Int, n: Int, k: Int, transposeB: Bool = false
  ) {
    guard m > 0, n > 0 else { return }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n),
      Int32(k), 1, a, Int32(k), b, Int32(transposeB ? k : n), 0, c, Int32(n))
  }

  /// `y [m] = a [m, n] * x [n]` in float64.
  public static func multiply(
    _ a: UnsafePointer<Double>, vector x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>, m: Int, n: Int
  ) {
    cblas_dgemv(CblasRowMajor, CblasNoTrans, Int32(m), Int32(n), 1, a, Int32(n), x, 1, 0, y, 1)
  }

  /// The Euclidean norm of `count` values.
  public static func norm(_ values: UnsafePointer<Float>, count: Int) -> Double {
    Double(cblas_snrm2(Int32(count), values, 1))
  }

  /// The number of threads OpenBLAS uses in this process.
  public static var threads: Int {
    get { Int(openblas_get_num_threads()) }
    set { openblas_set_num_threads(Int32(newValue)) }
  }

  /// The kernels OpenBLAS chose for this processor, such as `SkylakeX`: results differ between them.
  public static var coreName: String {
    String(cString: openblas_get_corename())
  }

  /// OpenBLAS's version and build options.
  public static var configuration: String {
    String(cString: openblas_get_config())
  }
}
