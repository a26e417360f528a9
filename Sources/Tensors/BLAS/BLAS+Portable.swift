import CKernels

extension FloatMatrices {
  /// Computes the product with our own kernels; threads share its rows or columns, in any way: each
  /// output is a chain of its own.
  func multiplyPortably() {
    let cutsRows = m >= 256 || 4 * m >= 3 * n
    let length = cutsRows ? m : n
    // Whole tiles of every width of lanes.
    let grain = cutsRows ? 12 : 32
    Threads.split(length, grain: grain, work: Pieces.work(m, n, k) / max(1, length)) { part, _ in
      multiply(rows: cutsRows ? part : 0..<m, columns: cutsRows ? 0..<n : part)
    }
  }

  private func multiply(rows: Range<Int>, columns: Range<Int>) {
    let (aRow, aStep) = transposeA ? (1, strideA) : (strideA, 1)
    let (bStep, bColumn) = transposeB ? (1, strideB) : (strideB, 1)
    var product = FloatProduct(
      a: a + rows.lowerBound * aRow, b: b + columns.lowerBound * bColumn,
      c: c + rows.lowerBound * strideC + columns.lowerBound, m: rows.count, n: columns.count, k: k,
      aRow: aRow, aStep: aStep, bStep: bStep, bColumn: bColumn, cRow: strideC, alpha: alpha,
      beta: beta)
    product_float(&product)
  }
}

extension BLAS {
  /// `c [m, n] = a [m, k] * b [k, n]` in float64 with our own kernels, in one thread; b stored
  /// transposed, or symmetric and given by its upper triangle.
  static func multiplyPortably(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    m: Int, n: Int, k: Int, transposeB: Bool, bIsSymmetric: Bool
  ) {
    var product = DoubleProduct(
      a: a, b: b, c: c, m: m, n: n, k: k, aRow: k, aStep: 1, bStep: transposeB ? 1 : n,
      bColumn: transposeB ? k : 1, cRow: n, alpha: 1, beta: 0, bIsSymmetric: bIsSymmetric ? 1 : 0)
    product_double(&product)
  }
}
