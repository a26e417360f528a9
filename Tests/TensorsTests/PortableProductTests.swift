import TestSupport
import Tensors
import Testing

/// The portable product is what its definition says, number by number: one chain of fused multiply-adds
/// an output, whatever tiles, packing and threads do.
@Suite struct PortableProductTests {
  /// Sizes around the tiles of every width of lanes (3, 6, 12 rows; 16, 32 columns), the rows that are
  /// packed at a time (48), blocks of k (256) and of columns (512).
  static let shapes: [(m: Int, n: Int, k: Int)] = [
    (1, 1, 1), (2, 17, 3), (3, 16, 8), (5, 31, 9), (7, 33, 17), (12, 32, 64), (13, 48, 257),
    (37, 20, 256), (49, 5, 300), (14, 65, 513), (4, 530, 19), (97, 64, 40), (30, 8, 0),
  ]

  private func drawn(_ count: Int, _ name: String) -> [Float] {
    var generator = SeededGenerator(seed: 2, stream: name)
    return (0..<count).map { _ in Float(generator.normal()) }
  }

  /// The definition: `beta c`, then a step for each k.
  private func chain(
    _ start: Float, beta: Float, alpha: Float, _ a: [Float], _ b: [Float]
  ) -> Float {
    var sum = beta == 0 ? 0 : beta == 1 ? start : beta * start
    for (x, y) in zip(a, b) { sum.addProduct(alpha == 1 ? x : alpha * x, y) }
    return sum
  }

  @Test(arguments: [false, true], [false, true])
  func `every output is one chain in the order of k`(transposeA: Bool, transposeB: Bool) {
    let factors: [(Float, Float)] = [(1, 0), (0.3, 0), (1, 1), (-2, 0.7)]
    for (index, (m, n, k)) in Self.shapes.enumerated() {
      // Two of the four each, in turn.
      for (alpha, beta) in [factors[index % 2], factors[2 + index / 2 % 2]] {
        let (a, b, start) = (drawn(m * k, "a"), drawn(k * n, "b"), drawn(m * n, "c"))
        var found = beta == 0 ? [Float](repeating: .nan, count: m * n) : start
        Threads.with(count: 1, products: .portable) {
          BLAS.multiply(
            a, transposed: transposeA, b, transposed: transposeB, into: &found, m: m, n: n, k: k,
            alpha: alpha, beta: beta)
        }
        var expected = [Float](repeating: 0, count: m * n)
        for i in 0..<m {
          let row = (0..<k).map { a[transposeA ? $0 * m + i : i * k + $0] }
          for j in 0..<n {
            let column = (0..<k).map { b[transposeB ? j * k + $0 : $0 * n + j] }
            expected[i * n + j] = chain(
              start[i * n + j], beta: beta, alpha: alpha, row, column)
          }
        }
        expectChains(found, expected, "\(m) x \(n) x \(k), alpha \(alpha), beta \(beta)")
      }
    }
  }

  /// Bit for bit where multiply-adds are fused; plain lanes round twice.
  private func expectChains(
    _ found: [Float], _ expected: [Float], _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    if Lanes.current == .plain {
      expectClose(found, expected, relative: 1e-5, what, sourceLocation: sourceLocation)
    } else {
      #expect(
        found.map(\.bitPattern) == expected.map(\.bitPattern), "\(what)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func `a row has the same bits alone as among others, with rows apart and in any piece`() {
    let (m, n, k) = (61, 70, 300)
    let (a, b) = (drawn(m * k, "a"), drawn(n * k, "b"))
    func product(rows: Range<Int>, columns: Range<Int>, threads: Int) -> [UInt32] {
      Threads.with(count: threads, products: .portable) {
        var c = [Float](repeating: .nan, count: rows.count * n)
        BLAS.multiply(
          Array(a[(rows.lowerBound * k)...]), transposed: false,
          Array(b[(columns.lowerBound * k)...]), transposed: true, into: &c, m: rows.count,
          n: columns.count, k: k, strideC: n)
        return rows.flatMap { row in
          (0..<columns.count).map { c[(row - rows.lowerBound) * n + $0].bitPattern }
        }
      }
    }
    let whole = product(rows: 0..<m, columns: 0..<n, threads: 1)
    for row in [0, 11, 12, 47, 60] {
      let alone = product(rows: row..<row + 1, columns: 0..<n, threads: 1)
      #expect(alone == Array(whole[row * n..<(row + 1) * n]), "row \(row)")
    }
    let part = product(rows: 5..<50, columns: 17..<64, threads: 1)
    #expect(part == (5..<50).flatMap { row in (17..<64).map { whole[row * n + $0] } })
  }

  @Test func `threads change no bit of a portable product`() {
    for (m, n, k) in [(600, 130, 90), (90, 700, 110)] {
      let (a, b) = (drawn(m * k, "a"), drawn(k * n, "b"))
      let products = [1, 2, 3, 5].map { threads in
        Threads.with(count: threads, products: .portable) {
          var c = [Float](repeating: 0, count: m * n)
          BLAS.multiply(a, b, into: &c, m: m, n: n, k: k)
          return c.map(\.bitPattern)
        }
      }
      for other in products[1...] { #expect(other == products[0]) }
    }
  }

  @Test func `float64 products are chains, and a symmetric matrix is its upper triangle`() {
    var generator = SeededGenerator(seed: 3, stream: "double")
    for (m, n) in [(1, 1), (5, 7), (33, 20), (40, 270)] {
      let a = (0..<m * n).map { _ in generator.normal() }
      var b = (0..<n * n).map { _ in generator.normal() }
      func product(_ multiply: (inout [Double]) -> Void) -> [Double] {
        Threads.with(count: 1, products: .portable) {
          var c = [Double](repeating: .nan, count: m * n)
          multiply(&c)
          return c
        }
      }
      func expected(_ entry: (_ step: Int, _ column: Int) -> Double) -> [Double] {
        (0..<m * n).map { place in
          (0..<n).reduce(into: 0.0) { $0.addProduct(a[place / n * n + $1], entry($1, place % n)) }
        }
      }
      let plain = product { BLAS.multiply(a, b, into: &$0, m: m, n: n, k: n) }
      let turned = product { BLAS.multiply(a, b, into: &$0, m: m, n: n, k: n, transposeB: true) }
      for (found, wanted) in [
        (plain, expected { b[$0 * n + $1] }), (turned, expected { b[$1 * n + $0] }),
      ] {
        if Lanes.current == .plain {
          expectClose(found, wanted, relative: 1e-13)
        } else {
          #expect(found == wanted)
        }
      }
      let upper = expected { b[min($0, $1) * n + max($0, $1)] }
      // What lies below the diagonal is never read.
      for row in 0..<n { for column in 0..<row { b[row * n + column] = .nan } }
      let symmetric = product { BLAS.multiply(a, symmetric: b, into: &$0, m: m, n: n) }
      expectClose(symmetric, upper, relative: 1e-13)
      if Lanes.current != .plain { #expect(symmetric == upper) }
    }
  }
}
