import Tensors

// Products of arrays, which hold the small matrices of tests.

extension BLAS {
  /// `c = alpha * a * b + beta * c` in float32.
  public static func multiply(
    _ a: [Float], transposed transposeA: Bool = false, _ b: [Float],
    transposed transposeB: Bool = false, into c: inout [Float], m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, strideA: Int? = nil, strideB: Int? = nil, strideC: Int? = nil
  ) {
    var result = c.mutableSpan
    multiply(
      a.span, transposed: transposeA, b.span, transposed: transposeB, into: &result, m: m, n: n,
      k: k, alpha: alpha, beta: beta, strideA: strideA, strideB: strideB, strideC: strideC)
  }

  /// `c = a * b` in float64.
  public static func multiply(
    _ a: [Double], _ b: [Double], into c: inout [Double], m: Int, n: Int, k: Int,
    transposeB: Bool = false
  ) {
    let result = Buffer(c)
    multiply(Buffer(a), Buffer(b), into: result, m: m, n: n, k: k, transposeB: transposeB)
    c = result.array
  }

  /// `c = a * s` in float64, s symmetric and given by its upper triangle.
  public static func multiply(
    _ a: [Double], symmetric s: [Double], into c: inout [Double], m: Int, n: Int
  ) {
    let result = Buffer(c)
    multiply(Buffer(a), symmetric: Buffer(s), into: result, m: m, n: n)
    c = result.array
  }
}
