import CKernels
import COpenBLAS

/// The matrix products of the trainer, over row-major float32 or float64 storage.
///
/// Shapes in the comments are `[rows, columns]`; leading dimensions are the row lengths unless given.
/// `Products.current` says who computes them, and so what their bits depend on. Large float32 products
/// are shared among `Threads`, whose number changes no bit; OpenBLAS itself has one thread.
public enum BLAS {
  /// `c [m, n] = alpha * a [m, k] * b [k, n] + beta * c`, each factor optionally stored transposed.
  ///
  /// - Precondition: each span holds as many values as its shape, and its row length, says.
  /// - Parameter products: who computes it; nil: whoever computes those of the calling thread's team.
  public static func multiply(
    _ a: Span<Float>, transposed transposeA: Bool = false,
    _ b: Span<Float>, transposed transposeB: Bool = false,
    into c: inout MutableSpan<Float>, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, strideA: Int? = nil, strideB: Int? = nil,
    strideC: Int? = nil,
    by products: Products? = nil
  ) {
    guard m > 0, n > 0 else { return }
    let (aRows, aColumns) = transposeA ? (k, m) : (m, k)
    let (bRows, bColumns) = transposeB ? (n, k) : (k, n)
    let (strideA, strideB, strideC) = (strideA ?? aColumns, strideB ?? bColumns, strideC ?? n)
    check(a.count, aRows, aColumns, strideA)
    check(b.count, bRows, bColumns, strideB)
    check(c.count, m, n, strideC)
    let result = c.start
    let matrices = FloatMatrices(
      a: a.start ?? UnsafePointer(result), b: b.start ?? UnsafePointer(result), c: result,
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, beta: beta,
      strideA: strideA, strideB: strideB, strideC: strideC)
    switch products ?? .current {
    case .openblas: matrices.multiplyByOpenBLAS()
    case .portable: matrices.multiplyPortably()
    }
  }

  /// The same in memory that several have: rows follow each other without a gap.
  public static func multiply(
    _ a: Buffer<Float>, transposed transposeA: Bool = false,
    _ b: Buffer<Float>, transposed transposeB: Bool = false,
    into c: Buffer<Float>, m: Int, n: Int, k: Int, alpha: Float = 1, beta: Float = 0,
    by products: Products? = nil
  ) {
    a.withSpan { a in
      b.withSpan { b in
        c.withMutableSpan { c in
          multiply(
            a, transposed: transposeA, b, transposed: transposeB, into: &c, m: m, n: n, k: k,
            alpha: alpha, beta: beta, by: products)
        }
      }
    }
  }

  /// `c [m, n] = a [m, k] * b [k, n]` in float64.
  public static func multiply(
    _ a: Buffer<Double>, _ b: Buffer<Double>, into c: Buffer<Double>, m: Int, n: Int, k: Int,
    transposeB: Bool = false
  ) {
    multiply(a, b, into: c, m: m, n: n, k: k, transposeB: transposeB, bIsSymmetric: false)
  }

  /// `c [m, n] = a [m, n] * s [n, n]` in float64, s symmetric and given by its upper triangle.
  public static func multiply(
    _ a: Buffer<Double>, symmetric s: Buffer<Double>, into c: Buffer<Double>, m: Int, n: Int
  ) {
    multiply(a, s, into: c, m: m, n: n, k: n, transposeB: false, bIsSymmetric: true)
  }

  private static func multiply(
    _ a: Buffer<Double>, _ b: Buffer<Double>, into c: Buffer<Double>, m: Int, n: Int, k: Int,
    transposeB: Bool, bIsSymmetric: Bool
  ) {
    guard m > 0, n > 0 else { return }
    check(a.count, m, k, k)
    check(b.count, k, n, n)
    check(c.count, m, n, n)
    defer { extendLifetime((a, b, c)) }
    let (a, b, c) = (a.base, b.base, c.base)
    switch Products.current {
    case .openblas where bIsSymmetric:
      keepsToOneThread
      cblas_dsymm(
        CblasRowMajor, CblasRight, CblasUpper, Int32(m), Int32(n), 1, b, Int32(n), a, Int32(n), 0,
        c, Int32(n))
    case .openblas:
      keepsToOneThread
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n),
        Int32(k), 1, a, Int32(k), b, Int32(transposeB ? k : n), 0, c, Int32(n))
    case .portable:
      multiplyPortably(
        a, b, into: c, m: m, n: n, k: k, transposeB: transposeB, bIsSymmetric: bIsSymmetric)
    }
  }

  /// The Euclidean norm.
  public static func norm(_ values: Buffer<Float>) -> Double {
    values_sum_of_squares(values.base, values.count).squareRoot()
  }

  /// The Euclidean norm of the difference of as many values.
  public static func distance(_ a: Buffer<Float>, _ b: Buffer<Float>) -> Double {
    precondition(a.count == b.count, "\(a.count) values and \(b.count)")
    return values_squared_distance(a.base, b.base, a.count).squareRoot()
  }

  /// Whether `count` values can be a matrix whose rows begin `stride` values after each other.
  private static func check(_ count: Int, _ rows: Int, _ columns: Int, _ stride: Int) {
    precondition(
      rows == 0 || columns == 0 || (rows - 1) * stride + columns <= count,
      "\(count) values for [\(rows), \(columns)] with rows of \(stride)")
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

// Products have the addresses of what they were lent for as long as they run.
extension Span {
  fileprivate var start: UnsafePointer<Element>? { withUnsafeBufferPointer { $0.baseAddress } }
}

extension MutableSpan {
  /// - Precondition: there are values.
  fileprivate var start: UnsafeMutablePointer<Element> {
    mutating get {
      withUnsafeMutableBufferPointer { values in
        guard let start = values.baseAddress else { preconditionFailure("no values") }
        return start
      }
    }
  }
}
