import CKernels
import Tensors

/// Two sums over rows for each of `channels` columns, in float64, which threads share.
///
/// Rows are summed in blocks whose number the shape alone decides, and the blocks' sums are united
/// in their order: no bit depends on the number of threads.
final class RowSums {
  private let channels: Int
  private var parts: Buffer<Double>

  /// The first sum of each column, or the mean.
  var first: UnsafeMutablePointer<Double> { parts.pointer }
  /// The second sum of each column, or the squared differences.
  var second: UnsafeMutablePointer<Double> { parts.pointer + channels }

  init(channels: Int) {
    self.channels = channels
    parts = Buffer(2 * channels)
  }

  /// Fills both sums by calling `sum` for blocks of rows, with where their sums belong.
  ///
  /// - Parameters:
  ///   - arrays: the number of arrays that are read.
  ///   - areMoments: whether these are means and squared differences, not plain sums.
  func fill(
    rows: Int, arrays: Int, areMoments: Bool = false,
    _ sum: (
      Range<Int>, _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>
    )
      -> Void
  ) {
    let work = rows * channels * arrays
    let blocks = reserve(rows: rows, arrays: arrays)
    let parts = parts.pointer
    func border(_ block: Int) -> Int { rows * block / blocks }
    Threads.split(blocks, work: work / blocks) { range, _ in
      for block in range {
        let place = parts + 2 * channels * block
        sum(border(block)..<border(block + 1), place, place + channels)
      }
    }
    for block in 1..<blocks {
      let place = parts + 2 * channels * block
      if areMoments {
        norm_channels_moments_unite(
          parts, parts + channels, border(block), place, place + channels,
          border(block + 1) - border(block),
          channels)
      } else {
        values_add_double(parts, place, 2 * channels)
      }
    }
  }

  /// Makes room for the sums of blocks of rows; returns their number.
  @discardableResult
  func reserve(rows: Int, arrays: Int) -> Int {
    let blocks = max(1, min(Threads.blockCount(work: rows * channels * arrays), rows))
    if 2 * channels * blocks > parts.count { parts = Buffer(2 * channels * blocks) }
    return blocks
  }
}
