/// The least value of a smooth function of a few numbers within a box: projected quasi-Newton steps with
/// backtracking.
///
/// (Active bounds: Bertsekas, SIAM J. Control and Optimization 20, 1982. Curvature: BFGS, damped as Powell has
/// it, so that it stays positive where the function is not convex.)
enum BoxDescent {
  /// A value and its gradient.
  typealias Slope = (value: Double, gradient: [Double])

  /// What a step must gain of what its slope promises.
  private static let sufficient = 1e-4
  /// The relative gain that is no gain any more.
  private static let tolerance = 1e-12
  private static let mostHalvings = 60

  /// The numbers with the least value that is found downhill from `start`; nil where that is no finite number.
  static func minimise(
    from start: [Double], in box: ClosedRange<Double>, mostSteps: Int = 200,
    _ function: ([Double]) throws -> Slope
  ) throws -> [Double]? {
    func clamped(_ values: [Double]) -> [Double] {
      values.map { min(max($0, box.lowerBound), box.upperBound) }
    }
    var point = clamped(start)
    var here = try function(point)
    guard isFinite(here) else { return nil }
    var curvature = Curvature(point.count)
    for _ in 0..<mostSteps {
      let free = point.indices.filter { place in
        let slope = here.gradient[place]
        return slope != 0
          && (slope > 0 ? point[place] > box.lowerBound : point[place] < box.upperBound)
      }
      guard !free.isEmpty else { break }
      guard
        let next = try step(
          from: point, along: curvature.direction(here.gradient, free), here, clamped, function)
      else {
        // Not downhill as it seemed: once more along the gradient itself.
        if curvature.isFresh { break }
        curvature = Curvature(point.count)
        continue
      }
      curvature.learn(
        moved: zip(next.point, point).map { $0 - $1 },
        change: zip(next.slope.gradient, here.gradient).map { $0 - $1 })
      let gain = here.value - next.slope.value
      (point, here) = (next.point, next.slope)
      if gain <= tolerance * max(1, abs(here.value)) { break }
    }
    return point
  }

  /// The first of ever shorter steps that gains enough; nil: none does.
  private static func step(
    from point: [Double], along direction: [Double], _ here: Slope,
    _ clamped: ([Double]) -> [Double], _ function: ([Double]) throws -> Slope
  ) throws -> (point: [Double], slope: Slope)? {
    var length = 1.0
    for _ in 0..<mostHalvings {
      let candidate = clamped(zip(point, direction).map { $0 + length * $1 })
      let promised = zip(here.gradient, zip(candidate, point)).reduce(0.0) {
        $0 + $1.0 * ($1.1.0 - $1.1.1)
      }
      if promised < 0 {
        let there = try function(candidate)
        if isFinite(there), there.value <= here.value + sufficient * promised {
          return (candidate, there)
        }
      }
      length /= 2
    }
    return nil
  }

  private static func isFinite(_ slope: Slope) -> Bool {
    slope.value.isFinite && slope.gradient.allSatisfy(\.isFinite)
  }
}

/// What is known of a function's second derivatives.
private struct Curvature {
  /// `[n][n]`, symmetric and positive.
  private var matrix: [[Double]]
  /// Whether no step has told anything yet.
  private(set) var isFresh = true

  /// The longest first step of a number.
  private static let firstStep = 0.1

  init(_ count: Int) {
    matrix = (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
  }

  /// The step to where the gradient would vanish, of the numbers that are free; the others stay.
  func direction(_ gradient: [Double], _ free: [Int]) -> [Double] {
    var direction = [Double](repeating: 0, count: gradient.count)
    let largest = free.map { abs(gradient[$0]) }.max() ?? 1
    let solved =
      isFresh
      ? free.map { -Self.firstStep * gradient[$0] / largest }
      : solve(free, free.map { -gradient[$0] })
        ?? free.map { -Self.firstStep * gradient[$0] / largest }
    for (place, value) in zip(free, solved) { direction[place] = value }
    return direction
  }

  /// Learns from a step how much the gradient changed in it.
  mutating func learn(moved: [Double], change: [Double]) {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0.0) { $0 + $1.0 * $1.1 } }
    var bend = dot(moved, change)
    if isFresh, bend > 0 {
      let size = dot(change, change) / bend
      for place in matrix.indices { matrix[place][place] = size }
    }
    isFresh = false
    let expected = matrix.map { dot($0, moved) }
    let foreseen = dot(moved, expected)
    guard foreseen > 0 else { return }
    var change = change
    if bend < 0.2 * foreseen {
      let part = 0.8 * foreseen / (foreseen - bend)
      change = zip(change, expected).map { part * $0 + (1 - part) * $1 }
      bend = dot(moved, change)
    }
    for row in matrix.indices {
      for column in matrix.indices {
        matrix[row][column] +=
          change[row] * change[column] / bend - expected[row] * expected[column] / foreseen
      }
    }
  }

  /// Solves the rows and columns `free` by Cholesky's factors; nil where they are not positive.
  private func solve(_ free: [Int], _ right: [Double]) -> [Double]? {
    var factor = free.map { row in free.map { matrix[row][$0] } }
    var solution = right
    for row in free.indices {
      for column in 0...row {
        var sum = factor[row][column]
        for place in 0..<column { sum -= factor[row][place] * factor[column][place] }
        if row == column {
          guard sum > 0, sum.isFinite else { return nil }
          factor[row][row] = sum.squareRoot()
        } else {
          factor[row][column] = sum / factor[column][column]
        }
      }
      for place in 0..<row { solution[row] -= factor[row][place] * solution[place] }
      solution[row] /= factor[row][row]
    }
    for row in free.indices.reversed() {
      for place in row + 1..<free.count { solution[row] -= factor[place][row] * solution[place] }
      solution[row] /= factor[row][row]
    }
    return solution
  }
}
