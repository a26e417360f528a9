import COpenBLAS

extension BLAS {
  /// How a large product is shared out: by rows or by columns of the result, so that each thread has
  /// a product of its own and every sum stays in one.
  ///
  /// Pieces begin at multiples of a kernel's own blocks.
  enum Split {
    /// Rows and columns of the result come in so many.
    static let (rowGrain, columnGrain) = (48, 64)
    /// A multiplication and an addition weigh so little of a float read from memory.
    static let productsOfUnit = 24

    /// Whether rows are cut, not columns; the longer side in its own blocks is.
    static func cutsRows(m: Int, n: Int) -> Bool { m / rowGrain >= n / columnGrain }
  }

  /// `c = alpha a b + beta c` in pieces, one a thread; arguments as those of `cblas_sgemm`.
  static func splitMultiply(
    _ a: UnsafePointer<Float>, _ transposeA: Bool, _ b: UnsafePointer<Float>, _ transposeB: Bool,
    _ c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int, alpha: Float, beta: Float,
    strideA: Int, strideB: Int, strideC: Int
  ) {
    func piece(rows: Range<Int>, columns: Range<Int>) {
      cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
        transposeB ? CblasTrans : CblasNoTrans, Int32(rows.count), Int32(columns.count), Int32(k),
        alpha, a + rows.lowerBound * (transposeA ? 1 : strideA), Int32(strideA),
        b + columns.lowerBound * (transposeB ? strideB : 1), Int32(strideB), beta,
        c + rows.lowerBound * strideC + columns.lowerBound, Int32(strideC))
    }
    if Split.cutsRows(m: m, n: n) {
      Threads.split(m, grain: Split.rowGrain, work: n * k / Split.productsOfUnit) { rows, _ in
        piece(rows: rows, columns: 0..<n)
      }
    } else {
      Threads.split(n, grain: Split.columnGrain, work: m * k / Split.productsOfUnit) { columns, _ in
        piece(rows: 0..<m, columns: columns)
      }
    }
  }
}
