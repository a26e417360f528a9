import Tensors

// Where the room's numbers lie, for kernels. An address holds as long as whose memory it is: take it once
// before a loop, never keep it.

extension Buffer {
  /// The address of the first value.
  var pointer: UnsafeMutablePointer<Element> {
    withMutableSpan { span in
      span.withUnsafeMutableBufferPointer { values in
        guard let address = values.baseAddress else { preconditionFailure("no address") }
        return address
      }
    }
  }
}

extension Tensor {
  /// Where the storage begins.
  var values: UnsafeMutablePointer<Float> { storage.pointer }

  /// Where sample `index` begins.
  func sample(_ index: Int) -> UnsafeMutablePointer<Float> { values + index * stride }
}

extension Parameter {
  /// Where the values begin.
  var value: UnsafeMutablePointer<Float> { values.pointer }

  /// Where the gradient begins.
  var gradient: UnsafeMutablePointer<Float> { gradients.pointer }
}

extension BLAS {
  /// `c [m, n] = alpha * a [m, k] * b [k, n] + beta * c`, each factor optionally stored transposed.
  static func multiply(
    _ a: UnsafePointer<Float>, transposed transposeA: Bool = false,
    _ b: UnsafePointer<Float>, transposed transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, strideA: Int? = nil, strideB: Int? = nil, strideC: Int? = nil
  ) {
    func count(_ rows: Int, _ columns: Int, _ stride: Int?) -> Int {
      max(0, rows - 1) * (stride ?? columns) + columns
    }
    let countA = transposeA ? count(k, m, strideA) : count(m, k, strideA)
    let countB = transposeB ? count(n, k, strideB) : count(k, n, strideB)
    var result = UnsafeMutableBufferPointer(start: c, count: count(m, n, strideC)).mutableSpan
    multiply(
      UnsafeBufferPointer(start: a, count: countA).span, transposed: transposeA,
      UnsafeBufferPointer(start: b, count: countB).span, transposed: transposeB, into: &result,
      m: m, n: n, k: k, alpha: alpha, beta: beta, strideA: strideA, strideB: strideB,
      strideC: strideC)
  }
}
