import COpenBLAS

/// A product of float32 matrices, with the row lengths in which they are stored.
struct FloatMatrices {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let c: UnsafeMutablePointer<Float>
  let transposeA: Bool
  let transposeB: Bool
  let (m, n, k): (Int, Int, Int)
  let (alpha, beta): (Float, Float)
  let (strideA, strideB, strideC): (Int, Int, Int)
}

/// How OpenBLAS's large products are shared out: in pieces of rows or columns of the result that the
/// shape alone decides. OpenBLAS may add a row in another order at the edge of a piece than within it;
/// one thread computes the same pieces as many, one after the other, so that nobody sees how many
/// threads there were.
struct Pieces: Equatable {
  /// Whether rows are cut, not columns.
  let cutsRows: Bool
  /// How many pieces there are.
  let count: Int
  private let length: Int

  /// Pieces begin at multiples of a kernel's own blocks.
  private static let (rowGrain, columnGrain) = (48, 64)
  /// A shorter piece loses more than some hundredths of its time, because each packs a matrix anew.
  private static let leastLength = 512
  private static let most = 16
  /// So many multiplications and additions weigh as much as a float read from memory.
  private static let productsOfUnit = 24

  /// The pieces of a product `[m, k]` by `[k, n]`.
  init(m: Int, n: Int, k: Int) {
    // Long columns cost less to cut than long rows: what is packed for each piece is smaller.
    cutsRows = m >= 512 || 4 * m >= 3 * n
    length = cutsRows ? m : n
    var pieces = 1
    if Self.work(m, n, k) >= 2 * Threads.leastWork {
      pieces = 2
      while pieces < Self.most, 2 * pieces * Self.leastLength <= length { pieces *= 2 }
    }
    let grain = cutsRows ? Self.rowGrain : Self.columnGrain
    count = max(1, min(pieces, length / grain))
  }

  /// The rows or columns of a piece.
  subscript(index: Int) -> Range<Int> {
    let grain = cutsRows ? Self.rowGrain : Self.columnGrain
    let grains = (length + grain - 1) / grain
    func border(_ piece: Int) -> Int { min(length, grains * piece / count * grain) }
    return border(index)..<border(index + 1)
  }

  /// The work of a product, in the units of `Threads.leastWork`.
  static func work(_ m: Int, _ n: Int, _ k: Int) -> Int {
    let (outputs, overflows) = m.multipliedReportingOverflow(by: n)
    let (all, overflowsToo) = outputs.multipliedReportingOverflow(by: k)
    return overflows || overflowsToo ? .max : all / productsOfUnit
  }
}

extension FloatMatrices {
  /// Computes the product with OpenBLAS, in pieces that threads share.
  func multiplyByOpenBLAS() {
    BLAS.keepsToOneThread
    let pieces = Pieces(m: m, n: n, k: k)
    Threads.split(pieces.count, work: Pieces.work(m, n, k) / pieces.count) { range, _ in
      for index in range {
        let piece = pieces[index]
        multiply(
          rows: pieces.cutsRows ? piece : 0..<m, columns: pieces.cutsRows ? 0..<n : piece)
      }
    }
  }

  private func multiply(rows: Range<Int>, columns: Range<Int>) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, Int32(rows.count), Int32(columns.count), Int32(k),
      alpha, a + rows.lowerBound * (transposeA ? 1 : strideA), Int32(strideA),
      b + columns.lowerBound * (transposeB ? strideB : 1), Int32(strideB), beta,
      c + rows.lowerBound * strideC + columns.lowerBound, Int32(strideC))
  }
}
