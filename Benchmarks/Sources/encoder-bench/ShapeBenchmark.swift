import Measuring
import Tensors

/// Products of matrices by our own kernels beside OpenBLAS's, shape by shape: `x W'` as layers have it.
enum ShapeBenchmark {
  /// Rows, columns, terms: transformers, small layers, convolutions by columns, odd sizes.
  private static let shapes: [(m: Int, n: Int, k: Int)] = [
    (1_024, 1_024, 1_024), (1_024, 3_072, 768), (1_024, 768, 3_072), (1_576, 768, 768),
    (400, 1_536, 384), (400, 384, 1_536), (64, 512, 512), (64, 512, 300), (32, 64, 74),
    (3_136, 64, 576), (784, 128, 1_152), (196, 256, 2_304), (49, 512, 4_608), (130, 2_049, 65),
    (257, 1_023, 129),
  ]

  /// Prints GFLOP/s of the fastest of so many rounds, in which both take turns, and the median of the
  /// rounds' ratios.
  static func run(rounds: Int) {
    print(
      "\nproducts x W': \(Machine.processor), OpenBLAS \(BLAS.coreName), lanes \(Lanes.current.rawValue),"
        + " \(Threads.count) thread\(Threads.count == 1 ? "" : "s"), load \(Machine.load)")
    print("  GFLOP/s: the fastest of \(rounds) rounds; ratio: the median of the rounds' ratios.\n")
    let rows = shapes.map { shape -> [String] in
      let (own, openblas, ratio) = measure(shape, rounds: rounds)
      return [
        "\(shape.m) x \(shape.n) x \(shape.k)", decimals(own, 1), decimals(openblas, 1),
        decimals(ratio, 2),
      ]
    }
    printTable(["rows x columns x terms", "portable", "OpenBLAS", "ratio"], rows, numbersFrom: 1)
  }

  private static func measure(
    _ shape: (m: Int, n: Int, k: Int), rounds: Int
  ) -> (own: Double, openblas: Double, ratio: Double) {
    let (m, n, k) = shape
    let (a, b, c) = (drawn(m * k), drawn(n * k), Buffer<Float>(m * n))
    let operations = 2 * Double(m * n * k)
    // So many that a clock's own time does not count: some 10 ms.
    let repetitions = max(1, Int(1e9 / operations))
    func seconds(_ products: Products) -> Double {
      Threads.with(count: Threads.count, products: products) {
        let start = now()
        for _ in 0..<repetitions {
          BLAS.multiply(a, transposed: false, b, transposed: true, into: c, m: m, n: n, k: k)
        }
        return (now() - start) / Double(repetitions)
      }
    }
    _ = (seconds(.portable), seconds(.openblas))
    let pairs = (0..<rounds).map { _ in (seconds(.portable), seconds(.openblas)) }
    return (
      operations / Times(pairs.map(\.0)).fastest * 1e-9,
      operations / Times(pairs.map(\.1)).fastest * 1e-9, Times(pairs.map { $1 / $0 }).median
    )
  }

  private static func drawn(_ count: Int) -> Buffer<Float> {
    var generator = SeededGenerator(seed: 1, stream: "shapes")
    let values = Buffer<Float>(count)
    generator.fill(values, deviation: 1)
    return values
  }
}
