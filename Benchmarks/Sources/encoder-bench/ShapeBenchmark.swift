import Measuring
import Tensors

/// Products of matrices by our own kernels beside OpenBLAS's, shape by shape: those of a layer's forward
/// pass `x W'`, of its input gradient `g W` and of its weight gradient `g' x`.
enum ShapeBenchmark {
  /// The products of a layer of so many rows, inputs and outputs.
  private enum Pass: String, CaseIterable {
    case forward = "x W'"
    case inputGradient = "g W"
    case weightGradient = "g' x"

    /// Rows, columns and terms of the product.
    func size(_ layer: Layer) -> (m: Int, n: Int, k: Int) {
      switch self {
      case .forward: (layer.rows, layer.outputs, layer.inputs)
      case .inputGradient: (layer.rows, layer.inputs, layer.outputs)
      case .weightGradient: (layer.outputs, layer.inputs, layer.rows)
      }
    }
  }

  private typealias Layer = (rows: Int, outputs: Int, inputs: Int)

  /// Transformers, texts as long as titles, small layers, convolutions by columns, odd sizes.
  private static let layers: [Layer] = [
    (1_024, 1_024, 1_024), (1_024, 3_072, 768), (1_024, 768, 3_072), (1_024, 2_304, 768),
    (1_568, 768, 768), (401, 1_152, 384), (401, 1_536, 384), (401, 384, 1_536), (401, 384, 384),
    (64, 512, 512), (64, 512, 300), (32, 64, 74), (64, 64, 1_568), (3_136, 64, 576),
    (784, 128, 1_152), (196, 256, 2_304), (49, 512, 4_608), (130, 2_049, 65), (257, 1_023, 129),
    (32, 10, 512),
  ]

  /// Prints GFLOP/s of the fastest of so many rounds, in which both take turns, and the median of the
  /// rounds' ratios.
  static func run(rounds: Int) {
    print(
      "\nproducts: \(Machine.processor), OpenBLAS \(BLAS.coreName), lanes \(Lanes.current.rawValue),"
        + " \(Threads.count) thread\(Threads.count == 1 ? "" : "s"), load \(Machine.load)")
    print(
      """
        GFLOP/s: the fastest of \(rounds) rounds, portable / OpenBLAS; ratio: the median of the rounds' ratios.

      """)
    let rows = layers.map { layer in
      ["\(layer.rows) x \(layer.outputs) x \(layer.inputs)"]
        + Pass.allCases.flatMap { pass -> [String] in
          let (own, openblas, ratio) = measure(layer, pass, rounds: rounds)
          return ["\(decimals(own, 1)) / \(decimals(openblas, 1))", decimals(ratio, 2)]
        }
    }
    printTable(
      ["rows x outputs x inputs"] + Pass.allCases.flatMap { [$0.rawValue, "ratio"] }, rows,
      numbersFrom: 1)
  }

  private static func measure(
    _ layer: Layer, _ pass: Pass, rounds: Int
  ) -> (own: Double, openblas: Double, ratio: Double) {
    let (m, n, k) = pass.size(layer)
    let (a, b, c) = (drawn(m * k), drawn(n * k), Buffer<Float>(m * n))
    let operations = 2 * Double(m * n * k)
    // So many that a clock's own time does not count: some 10 ms.
    let repetitions = max(1, Int(1e9 / operations))
    func seconds(_ products: Products) -> Double {
      Threads.with(count: Threads.count, products: products) {
        let start = now()
        for _ in 0..<repetitions {
          BLAS.multiply(
            a, transposed: pass == .weightGradient, b, transposed: pass == .forward, into: c, m: m,
            n: n, k: k)
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
