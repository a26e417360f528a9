import TestSupport
import Tensors
import Testing

@testable import MLA

@Suite struct GradientProjectorTests {
  func project(
    _ gradient: [Float], with projector: GradientProjector, add: Bool = false
  ) -> [Float] {
    let result = Buffer([Float](repeating: .nan, count: gradient.count))
    projector.project(Buffer(gradient), into: result, add: add)
    return result.array
  }

  // MARK: - By hand

  @Test func `a new projector leaves gradients as they are`() {
    let projector = GradientProjector(size: 3)
    #expect(projector.matrix == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(projector.frobeniusNorm == 3.0.squareRoot())
    #expect(project([1, -2, 3, 4, 5, 6], with: projector) == [1, -2, 3, 4, 5, 6])
  }

  @Test(arguments: [0, 1, 2]) func `two absorptions are what they are by hand`(largestRank: Int) {
    let projector = GradientProjector(size: 2, largestRank: largestRank)
    // q = (1, 1), c = 2, lambda + c = 4: P = I - [[1, 1], [1, 1]] / 4
    #expect(projector.absorb(Buffer([1, 1]), lambda: 2, forget: 0))
    expectClose(projector.matrix, [0.75, -0.25, -0.25, 0.75], relative: 1e-15)
    // q = P (2, 0) = (1.5, -0.5), c = 3, lambda + c = 4: P -= [[2.25, -0.75], [-0.75, 0.25]] / 4
    #expect(projector.absorb(Buffer([2, 0]), lambda: 1, forget: 0))
    expectClose(projector.matrix, [0.1875, -0.0625, -0.0625, 0.6875], relative: 1e-15)
    // (8, 16) P = (0.5, 10.5), by hand
    #expect(project([8, 16], with: projector) == [0.5, 10.5])
    #expect(project([8, 16], with: projector, add: true) == [8.5, 26.5])
    #expect(projector.isDense == (largestRank < 2))
  }

  @Test(arguments: [0, 3]) func `the leak comes before the absorption`(largestRank: Int) {
    let projector = GradientProjector(size: 3, largestRank: largestRank)
    projector.absorb(Buffer([1, 0, 0]), lambda: 1, forget: 0)
    expectClose(projector.matrix, [0.5, 0, 0, 0, 1, 0, 0, 0, 1], relative: 1e-15)
    // Leak: diag(0.75, 1, 1). Then q = (0.75, 0, 2), c = 0.75 + 4 = 4.75, lambda + c = 5.
    projector.absorb(Buffer([1, 0, 2]), lambda: 0.25, forget: 0.5)
    expectClose(
      projector.matrix, [0.75 - 0.1125, 0, -0.3, 0, 1, 0, -0.3, 0, 0.2], relative: 1e-15)
  }

  @Test(arguments: [0, 2]) func `normalisations divide by what they say`(largestRank: Int) {
    let frobenius = GradientProjector(size: 2, largestRank: largestRank)
    frobenius.absorb(Buffer([1, 0]), lambda: 3, forget: 0, normalisation: .frobenius)
    expectClose(frobenius.matrix, [0.6, 0, 0, 0.8], relative: 1e-15)
    #expect(abs(frobenius.frobeniusNorm - 1) < 1e-15)
    // q = (0.6, 0), c = 0.6, lambda + c = 0.9: P_11 = 0.6 - 0.4, then P / sqrt(0.68)
    frobenius.absorb(Buffer([1, 0]), lambda: 0.3, forget: 0, normalisation: .frobenius)
    let length = 0.68.squareRoot()
    expectClose(frobenius.matrix, [0.2 / length, 0, 0, 0.8 / length], relative: 1e-15)

    let trace = GradientProjector(size: 2, largestRank: largestRank)
    trace.absorb(Buffer([1, 0]), lambda: 1, forget: 0, normalisation: .trace)
    expectClose(trace.matrix, [2.0 / 3, 0, 0, 4.0 / 3], relative: 1e-15)
  }

  @Test func `the historical formula divides element by element and projects with the transpose`() {
    let projector = GradientProjector(size: 2)
    // q = h = (1, 2). lambda + q h' = [[2, 3], [3, 5]]; q q' = [[1, 2], [2, 4]].
    projector.absorb(Buffer([1, 2]), lambda: 1, forget: 0, formula: .outer)
    let first = [1 - 0.5, -2.0 / 3, -2.0 / 3, 1 - 0.8]
    expectClose(projector.matrix, first, relative: 1e-15)
    // q = P (1, 0) = (1/2, -2/3). lambda + q h' = [[3/2, 1], [1/3, 1]].
    projector.absorb(Buffer([1, 0]), lambda: 1, forget: 0, formula: .outer)
    let p = [0.5 - 1.0 / 6, -1.0 / 3, 1.0 / 3, 0.2 - 4.0 / 9]
    expectClose(projector.matrix, p, relative: 1e-15)
    #expect(abs(projector.frobeniusNorm - norm(p)) < 1e-15)
    // G P': (3, 6) -> (3 p00 + 6 p01, 3 p10 + 6 p11)
    expectClose(
      project([3, 6], with: projector), [-1, Float(2.2 - 24.0 / 9)], relative: 1e-7)
    projector.reset()
    #expect(projector.matrix == [1, 0, 0, 1])
    projector.absorb(Buffer([1, 1]), lambda: 2, forget: 0)
    expectClose(projector.matrix, [0.75, -0.25, -0.25, 0.75], relative: 1e-15)
  }

  @Test func `the result may be written over the gradient`() {
    let projector = GradientProjector(size: 2)
    projector.absorb(Buffer([1, 1]), lambda: 2, forget: 0)
    let gradient = Buffer<Float>([4, 8])
    projector.project(gradient, into: gradient)
    #expect(gradient.array == [1, 5])
  }

  // MARK: - What cannot be learned

  @Test(
    arguments: [
      [0, 0], [.nan, 1], [.infinity, 1], [1e-200, 0], [1e200, 0], [-.infinity, .infinity],
    ] as [[Double]], [0, 2])
  func `a feature without a positive finite curvature leaves P but for the leak`(
    feature: [Double], largestRank: Int
  ) {
    let projector = GradientProjector(size: 2, largestRank: largestRank)
    projector.absorb(Buffer([1, 1]), lambda: 2, forget: 0)
    #expect(!projector.absorb(Buffer(feature), lambda: 2, forget: 0.5, normalisation: .frobenius))
    expectClose(projector.matrix, [0.875, -0.125, -0.125, 0.875], relative: 1e-15)
    #expect(abs(projector.frobeniusNorm - norm(projector.matrix)) < 1e-15)
    // The next one folds the leak in: q = (0.875, -0.125), c = 0.875, lambda + c = 1.
    #expect(projector.absorb(Buffer([1, 0]), lambda: 0.125, forget: 0))
    let expected = [
      0.875 - 0.765625, -0.125 + 0.109375, -0.125 + 0.109375, 0.875 - 0.015625,
    ]
    expectClose(projector.matrix, expected, relative: 1e-15)
  }

  // MARK: - Closed form

  @Test(arguments: [(7, nil), (24, 0), (24, 10), (24, 24), (33, nil)] as [(Int, Int?)])
  func `without leak P is the inverse of the sum of outer products`(size: Int, largestRank: Int?) {
    var generator = SeededGenerator(seed: 3, stream: "closed form")
    let projector = GradientProjector(size: size, largestRank: largestRank)
    var sum = (0..<size).map { i in (0..<size).map { $0 == i ? 1.0 : 0.0 } }
    for step in 0..<24 {
      let h = features(size, from: &generator)
      let lambda = step.isMultiple(of: 3) ? 0.02 : 0.1 + Double(step)
      #expect(projector.absorb(Buffer(h), lambda: lambda, forget: 0))
      for i in 0..<size {
        for j in 0..<size { sum[i][j] += h[i] * h[j] / lambda }
      }
    }
    expectClose(projector.matrix, inverse(sum).flatMap(\.self), relative: 1e-8)
  }

  // MARK: - Two representations, one P

  @Test(arguments: HeadGradientModification.Normalisation.allCases, [0, 0.003, 0.4])
  func `factors and matrix agree, in P, its norm and its projections`(
    normalisation: HeadGradientModification.Normalisation, forget: Double
  ) {
    let size = 22
    var generator = SeededGenerator(seed: 1, stream: "representations")
    let projectors = [0, 6, size].map { GradientProjector(size: size, largestRank: $0) }
    // 40 rows take the way through BLAS.
    let gradient = (0..<40 * size).map { _ in Float(generator.normal()) }
    for step in 0..<9 {
      let h = features(size, from: &generator)
      for projector in projectors {
        projector.absorb(Buffer(h), lambda: 0.5, forget: forget, normalisation: normalisation)
      }
      #expect(projectors.map(\.isDense) == [true, step >= 6, false])
      #expect(projectors.map(\.rank) == [0, step < 6 ? step + 1 : 0, step + 1])
      let expected = projectors[0].matrix
      for projector in projectors {
        let p = projector.matrix
        expectClose(p, expected, relative: 1e-12)
        #expect((0..<size * size).allSatisfy { p[$0] == p[$0 % size * size + $0 / size] })
        #expect(abs(projector.frobeniusNorm - norm(p)) < 1e-12 * norm(p))
        for rows in [1, 2, 7, 40] {
          let part = gradient.part(0, length: rows * size)
          let definition = projected(part, by: expected, size: size)
          expectClose(
            project(part, with: projector), definition.map(Float.init), relative: 1e-7)
        }
      }
    }
    for projector in projectors {
      projector.reset()
      #expect(!projector.isDense && projector.rank == 0)
      #expect(project(gradient, with: projector) == gradient)
    }
  }

  @Test(arguments: 1...9) func `every size has its own last rows`(size: Int) {
    var generator = SeededGenerator(seed: 2, stream: "sizes")
    for largestRank in [0, size] {
      let projector = GradientProjector(size: size, largestRank: largestRank)
      let h = features(size, from: &generator).map { $0 + 0.1 }
      projector.absorb(Buffer(h), lambda: 0.7, forget: 0)
      let curvature = 0.7 + h.reduce(0) { $0 + $1 * $1 }
      let p = (0..<size * size).map { place in
        let (i, j) = (place / size, place % size)
        return (i == j ? 1 : 0) - h[i] * h[j] / curvature
      }
      expectClose(projector.matrix, p, relative: 1e-14)
      for rows in 1...5 {
        let gradient = (0..<rows * size).map { _ in Float(generator.normal()) }
        expectClose(
          project(gradient, with: projector),
          projected(gradient, by: p, size: size).map(Float.init), relative: 1e-6)
      }
    }
  }

  @Test func `a run repeats bit for bit`() {
    func run() -> ([Double], [Float], Double) {
      var generator = SeededGenerator(seed: 4, stream: "repeat")
      let projector = GradientProjector(size: 50)
      for _ in 0..<40 {
        projector.absorb(Buffer(features(50, from: &generator)), lambda: 0.1, forget: 0.003)
      }
      let gradient = (0..<6 * 50).map { _ in Float(generator.normal()) }
      let result = project(gradient, with: projector)
      return (projector.matrix, result, projector.frobeniusNorm)
    }
    #expect(run() == run())
  }
}
