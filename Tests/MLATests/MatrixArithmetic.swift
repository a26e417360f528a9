import Tensors

/// The inverse of a square matrix by Gauss and Jordan, with row exchanges: an independent truth.
func inverse(_ matrix: [[Double]]) -> [[Double]] {
  let n = matrix.count
  var work = matrix.enumerated().map { i, row in
    row + (0..<n).map { $0 == i ? 1 : 0 }
  }
  for column in 0..<n {
    var pivot = column
    for row in column..<n where abs(work[row][column]) > abs(work[pivot][column]) { pivot = row }
    work.swapAt(column, pivot)
    let head = work[column][column]
    for j in 0..<2 * n { work[column][j] /= head }
    for row in 0..<n where row != column {
      let factor = work[row][column]
      for j in 0..<2 * n { work[row][j] -= factor * work[column][j] }
    }
  }
  return work.map { Array($0[n...]) }
}

/// Positive numbers, as the features of a ReLU encoder are.
func features(_ count: Int, from generator: inout SeededGenerator) -> [Double] {
  (0..<count).map { _ in max(0, 0.2 + generator.normal()) }
}

/// The Frobenius norm.
func norm(_ matrix: [Double]) -> Double {
  matrix.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

/// `gradient * P'` by the definition.
func projected(_ gradient: [Float], by p: [Double], size n: Int) -> [Double] {
  (0..<gradient.count).map { place in
    let (row, column) = (place / n, place % n)
    return (0..<n).reduce(0) { $0 + Double(gradient[row * n + $1]) * p[column * n + $1] }
  }
}
