import COpenBLAS

extension BLAS {
  /// `c [m, n] = a [m, n] * s [n, n]` in float64, s symmetric and given by its upper triangle.
  public static func multiply(
    _ a: UnsafePointer<Double>, symmetric s: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>, m: Int, n: Int
  ) {
    guard m > 0, n > 0 else { return }
    keepsToOneThread
    cblas_dsymm(
      CblasRowMajor, CblasRight, CblasUpper, Int32(m), Int32(n), 1, s, Int32(n), a, Int32(n), 0, c,
      Int32(n))
  }
}
