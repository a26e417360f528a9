import TestSupport
import Testing

@testable import Tensors

@Suite struct BLASTests {
  private func drawn(_ count: Int, _ name: String) -> [Float] {
    var generator = SeededGenerator(seed: 1, stream: name)
    return (0..<count).map { _ in Float(generator.normal()) }
  }

  @Test(arguments: [false, true], [false, true])
  func `products are those of the definition`(transposeA: Bool, transposeB: Bool) {
    for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 2, 33), (4, 40, 1)] {
      let (a, b, start) = (drawn(m * k, "a"), drawn(k * n, "b"), drawn(m * n, "c"))
      var found = start
      BLAS.multiply(
        a, transposed: transposeA, b, transposed: transposeB, into: &found, m: m, n: n, k: k,
        alpha: 0.5, beta: 2)
      var expected = start.map { 2 * Double($0) }
      for i in 0..<m {
        for j in 0..<n {
          for l in 0..<k {
            let left = Double(transposeA ? a[l * m + i] : a[i * k + l])
            let right = Double(transposeB ? b[j * k + l] : b[l * n + j])
            expected[i * n + j] += 0.5 * left * right
          }
        }
      }
      expectClose(found.map(Double.init), expected, relative: 1e-6, "\(m) x \(n) x \(k)")
    }
  }

  @Test func `rows may lie apart`() {
    let a: [Float] = [1, 2, -9, 3, 4, -9]
    let b: [Float] = [1, 0, -9, -9, 0, 1, -9, -9]
    var c = [Float](repeating: 7, count: 6)
    BLAS.multiply(
      a, transposed: false, b, transposed: false, into: &c, m: 2, n: 2, k: 2, strideA: 3,
      strideB: 4, strideC: 3)
    #expect(c == [1, 2, 7, 3, 4, 7])
  }

  @Test func `products of nothing leave nothing behind`() {
    var c: [Float] = [.nan, .nan]
    BLAS.multiply([], transposed: false, [], transposed: false, into: &c, m: 1, n: 2, k: 0)
    #expect(c == [0, 0])
    BLAS.multiply([], transposed: false, [1], transposed: false, into: &c, m: 0, n: 1, k: 1)
    #expect(c == [0, 0])
  }
}

@Suite struct TensorTests {
  @Test func `samples lie one after another, on a cache line's boundary`() {
    let tensor = Tensor([2, 3], (0..<12).map(Float.init))
    #expect(tensor.count == 2 && tensor.stride == 6 && tensor.buffer(of: 1)[0] == 6)
    #expect(Int(bitPattern: tensor.storage.base) % 64 == 0)
    tensor.count = 1
    #expect(tensor.array == [0, 1, 2, 3, 4, 5] && tensor.capacity == 2)
  }

  @Test func `a new tensor is zero`() {
    let tensor = Tensor([5], capacity: 3)
    #expect(tensor.count == 3 && tensor.array == [Float](repeating: 0, count: 15))
    #expect(Tensor([0], capacity: 4).elementCount == 0)
  }

  @Test func `shapes are written as people write them`() {
    #expect("\(Shape([28, 28, 1]))" == "28 x 28 x 1" && "\(Shape([]))" == "scalar")
    #expect(Shape([]).elementCount == 1 && Shape([3, 0]).elementCount == 0)
  }

  @Test(arguments: [
    (1_500, 96, 300), (96, 1_500, 300), (257, 1_023, 129), (130, 2_049, 65), (3_000, 48, 577),
    (64, 147, 9_000),
  ])
  func `a large product has the same bits for any number of threads`(
    _ shape: (m: Int, n: Int, k: Int)
  ) {
    let (m, n, k) = shape
    var generator = SeededGenerator(seed: 5, stream: "threads")
    let a = Buffer((0..<m * k).map { _ in Float(generator.normal()) })
    let b = Buffer((0..<k * n).map { _ in Float(generator.normal()) })
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false)] {
      let products = [1, 2, 3, 5].map { threads in
        Threads.with(count: threads) {
          let c = Buffer<Float>(m * n)
          c.update(repeating: 0.5)
          BLAS.multiply(
            a, transposed: transposeA, b, transposed: transposeB, into: c, m: m, n: n, k: k,
            alpha: 0.3, beta: 1)
          return c.array.map(\.bitPattern)
        }
      }
      for other in products[1...] { #expect(other == products[0]) }
    }
  }
}
