import Tensors

/// A rate conversion as one matrix: what libsamplerate does, at the speed of a product.
///
/// Between rates whose ratio is `target : source` in small whole numbers, a converter is linear and
/// repeats itself: shift the input by `source` samples, and the output shifts by `target`. So
///
///     output[j target + p] = sum over -reach <= i < source + reach of A[p, i] input[j source + i]
///
/// is one product for all periods j. With s the ratio of the rates where it is below 1, and else 1,
/// and h libsamplerate's filter, A[p, i] is `s h(s (i - p source / target))`. Best-quality sinc needs
/// 18 ms for a second of sound; so it needs half a millisecond, once A is there.
final class ResamplingMatrix {
  /// Beyond this, A is larger than most data sets would gain from it.
  private static let longestPeriod = 1024
  /// The most floats of input pieces at a time: 256 KB, so that they stay in the cache.
  private static let mostPieceValues = 1 << 16

  private let source: Int
  private let target: Int
  private let reach: Int
  /// `[target, source + 2 reach]`.
  private let matrix: Tensor
  private var padded: [Float] = []
  private var pieces = Buffer<Float>(0)

  /// Inputs that one product reads for each period.
  private var width: Int { source + 2 * reach }

  /// The matrix between two rates; nil when the ratio's period is too long.
  init?(from sourceRate: Int, to targetRate: Int, kernel: ResamplingKernel) {
    let divisor = greatestCommonDivisor(sourceRate, targetRate)
    let (period, outputs) = (sourceRate / divisor, targetRate / divisor)
    guard max(period, outputs) <= Self.longestPeriod else { return nil }
    reach = (ResamplingKernel.reach * max(sourceRate, targetRate) + targetRate - 1) / targetRate
    // Short periods are taken together, so that pieces overlap little and the product is large.
    let repeats = max(1, reach / max(period, outputs))
    source = period * repeats
    target = outputs * repeats
    matrix = Tensor([target, source + 2 * reach], capacity: 1)
    let ratio = min(1, Double(targetRate) / Double(sourceRate))
    for output in 0..<outputs {
      let time = Double(output * period) / Double(outputs)
      for column in 0..<period + 2 * reach {
        let value = Float(ratio * kernel.value(at: ratio * (Double(column - reach) - time)))
        for copy in 0..<repeats {
          matrix.storage[(copy * outputs + output) * width + copy * period + column] = value
        }
      }
    }
  }

  /// Writes as many samples as `output` has.
  func convert(_ input: [Float], into output: inout MutableSpan<Float>) {
    let count = output.count
    let periods = (count + target - 1) / target
    padded.removeAll(keepingCapacity: true)
    padded.append(contentsOf: repeatElement(0, count: reach))
    padded.append(contentsOf: input)
    let missing = max(0, (periods - 1) * source + width - padded.count)
    padded.append(contentsOf: repeatElement(0, count: missing))
    let atOnce = max(1, min(periods, Self.mostPieceValues / width))
    if pieces.count < atOnce * (width + target) {
      pieces = Buffer(atOnce * (width + target))
    }
    for first in stride(from: 0, to: periods, by: atOnce) {
      let rows = min(atOnce, periods - first)
      pieces.withMutableSpan { pieces in
        for row in 0..<rows {
          let (to, from) = (row * width, (first + row) * source)
          for place in 0..<width { pieces[to + place] = padded[from + place] }
        }
      }
      // The last period may be longer than the output, so products land beside the pieces.
      let products = pieces[atOnce * width..<atOnce * width + rows * target]
      BLAS.multiply(
        pieces[0..<rows * width], transposed: false, matrix.storage, transposed: true,
        into: products, m: rows, n: target, k: width, by: .portable)
      for place in 0..<min(rows * target, count - first * target) {
        output[first * target + place] = products[place]
      }
    }
  }
}

/// Euclid's.
private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}
