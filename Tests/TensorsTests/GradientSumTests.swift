import Tensors
import Testing

/// Sums over whole gradients and noise in them, against the formulas written out.
@Suite struct GradientSumTests {
  private func drawn(_ count: Int, _ stream: String) -> Buffer<Float> {
    let values = Buffer<Float>(count)
    var generator = SeededGenerator(seed: 5, stream: stream)
    generator.fill(values, deviation: 2)
    for place in 0..<count { values[place] += 3 }
    return values
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * abs(b) }

  @Test(arguments: [1, 2, 15, 16, 33, 300_001])
  func `products, distance and deviation are those of the formulas`(count: Int) {
    let (a, b) = (drawn(count, "a"), drawn(count, "b"))
    let pairs = zip(a.array, b.array).map { (Double($0), Double($1)) }
    let found = a.products(with: b)
    #expect(isClose(found.own, pairs.reduce(0) { $0 + $1.0 * $1.0 }))
    #expect(isClose(found.mixed, pairs.reduce(0) { $0 + $1.0 * $1.1 }))
    #expect(isClose(found.other, pairs.reduce(0) { $0 + $1.1 * $1.1 }))
    let squares = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(isClose(BLAS.distance(a, b), squares.squareRoot()))
    let mean = pairs.reduce(0) { $0 + $1.0 } / Double(count)
    let variance = pairs.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) } / Double(count - 1)
    #expect(count == 1 ? a.deviation == 0 : isClose(a.deviation, variance.squareRoot()))
  }

  @Test(arguments: [1, 16, 37])
  func `distances between float32 and float64, and steps along them`(count: Int) {
    let (values, origin, sums) = (drawn(count, "a"), Buffer<Double>(count), Buffer<Double>(count))
    for place in 0..<count { origin[place] = 1.0 / Double(place + 3) }
    let differences = (0..<count).map { Double(values[$0]) - origin[$0] }
    #expect(isClose(origin.squaredDistance(to: values), differences.reduce(0) { $0 + $1 * $1 }))
    sums.update(repeating: 1)
    sums.add(values, from: origin, times: -0.5)
    for (sum, difference) in zip(sums.array, differences) {
      #expect(abs(sum - (1 - difference / 2)) < 1e-14)
    }
  }

  @Test func `threads change no bit of a sum`() {
    let (a, b) = (drawn(400_000, "a"), drawn(400_000, "b"))
    func found() -> [Double] {
      let products = a.products(with: b)
      return [products.own, products.mixed, products.other, a.deviation]
    }
    #expect(Threads.with(count: 3) { found() } == found())
  }

  @Test func `values that are alike have no deviation, and what is no number has none that is`() {
    let alike = Buffer([Float](repeating: 1e6 / 3, count: 1_000))
    #expect(alike.deviation == 0)
    alike[7] = .nan
    #expect(alike.deviation.isNaN)
  }
}
