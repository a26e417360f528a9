import Tensors

/// Inputs that no sample has: every position is permuted by itself over some samples, so that each number is
/// one that may stand there, and nothing fits together. What a fusion learns from how a spoilt input looks.
enum ColumnShuffle {
  /// What the inputs that are shuffled together may take, unless they would be fewer than eight.
  private static let mostBytes = 64 << 20
  private static let leastSamples = 8

  /// Rows in blocks of about one size that are shuffled together: one block, if it is not too large.
  ///
  /// - Parameter stride: the number of floats of a sample.
  static func blocks(of rows: [Int], stride: Int) -> [[Int]] {
    let size = largestBlock(stride: stride)
    let count = (rows.count + size - 1) / size
    return (0..<count).map { Array(rows[$0 * rows.count / count..<($0 + 1) * rows.count / count]) }
  }

  /// The most samples that are shuffled together.
  static func largestBlock(stride: Int) -> Int {
    max(leastSamples, mostBytes / (MemoryLayout<Float>.stride * stride))
  }

  /// Permutes each position of the samples of a block by itself.
  static func shuffle(_ block: Tensor, _ generator: inout SeededGenerator) throws {
    let values = block.held
    var column = [Float](repeating: 0, count: block.count)
    for position in 0..<block.stride {
      try LongWork.step()
      for sample in column.indices { column[sample] = values[sample * block.stride + position] }
      for (sample, other) in generator.permutation(block.count).enumerated() {
        values[sample * block.stride + position] = column[other]
      }
    }
  }
}
