import Tensors

// Where the room's numbers stand, for kernels.

extension Buffer {
  /// The address of the first value, as long as the buffer lives.
  var pointer: UnsafeMutablePointer<Element> {
    withMutableSpan { span in
      span.withUnsafeMutableBufferPointer { values in
        guard let address = values.baseAddress else {
          preconditionFailure("a buffer without an address")
        }
        return address
      }
    }
  }
}

extension BLAS {
  /// `c [m, n] = a [m, k] * b [k, n]` in float64, by where the matrices lie.
  static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    m: Int, n: Int, k: Int, transposeB: Bool = false
  ) {
    var result = UnsafeMutableBufferPointer(start: c, count: m * n).mutableSpan
    multiply(
      UnsafeBufferPointer(start: a, count: m * k).span,
      UnsafeBufferPointer(start: b, count: k * n).span, into: &result, m: m, n: n, k: k,
      transposeB: transposeB)
  }

  /// `c [m, n] = a [m, n] * s [n, n]` in float64, s symmetric and given by its upper triangle.
  static func multiply(
    _ a: UnsafePointer<Double>, symmetric s: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>, m: Int, n: Int
  ) {
    var result = UnsafeMutableBufferPointer(start: c, count: m * n).mutableSpan
    multiply(
      UnsafeBufferPointer(start: a, count: m * n).span,
      symmetric: UnsafeBufferPointer(start: s, count: n * n).span, into: &result, m: m, n: n)
  }
}
