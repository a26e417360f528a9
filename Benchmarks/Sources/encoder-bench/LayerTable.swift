import Measuring
import Networks

/// Rows as text.
struct LayerTable {
  static let header = [
    "layer", "part", "output", "forward ms", "GFLOP/s", "%", "backward ms", "GFLOP/s", "%",
    "moved", "kept", "share %",
  ]

  /// GFLOP/s of sgemm.
  let sgemm: Double
  /// Seconds of a whole step.
  let step: Double

  func cells(_ row: LayerRow) -> [String] {
    let (first, last) = row.layers
    let moved = row.cost.forward.movedByteCount + row.cost.backward.movedByteCount
    return [first == last ? first : "\(first) to \(last)", row.part, "\(row.output)"]
      + rate(row.forward, row.count * row.cost.forward.multiplyAdds)
      + rate(row.backward, row.count * row.cost.backward.multiplyAdds)
      + [
        mebibytes(row.count * moved), mebibytes(row.count * row.cost.keptByteCount),
        share(row.forward + row.backward),
      ]
  }

  /// The optimizer stands after the backward pass.
  func cells(optimizer seconds: Double, floats: Int) -> [String] {
    ["optimizer", "", ""] + rate(0, 0) + rate(seconds, 0)
      + [mebibytes(4 * floats), "", share(seconds)]
  }

  func totals(_ rows: [LayerRow], optimizer: Double, optimizerFloats: Int) -> [String] {
    let forward = rows.reduce(0) { $0 + $1.forward }
    let backward = rows.reduce(optimizer) { $0 + $1.backward }
    func sum(_ count: (LayerCost) -> Int) -> Int {
      rows.reduce(0) { $0 + $1.count * count($1.cost) }
    }
    let moved = sum { $0.forward.movedByteCount + $0.backward.movedByteCount }
    return ["total", "", ""] + rate(forward, sum { $0.forward.multiplyAdds })
      + rate(backward, sum { $0.backward.multiplyAdds })
      + [
        mebibytes(moved + 4 * optimizerFloats), mebibytes(sum { $0.keptByteCount }),
        share(forward + backward),
      ]
  }

  /// Milliseconds, GFLOP/s and per cent of sgemm, as far as there are any.
  private func rate(_ seconds: Double, _ multiplyAdds: Int) -> [String] {
    guard seconds > 0 else { return ["", "", ""] }
    let time = decimals(seconds * 1e3, 3)
    guard multiplyAdds > 0 else { return [time, "", ""] }
    let gflops = 2e-9 * Double(multiplyAdds) / seconds
    return [time, decimals(gflops, 0), decimals(100 * gflops / sgemm, 0)]
  }

  private func mebibytes(_ bytes: Int) -> String {
    let value = Double(bytes) / 1_048_576
    return value == 0 ? "" : decimals(value, value < 10 ? 2 : 0)
  }

  private func share(_ seconds: Double) -> String { decimals(100 * seconds / step, 1) }
}
