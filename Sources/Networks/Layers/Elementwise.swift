import CKernels
import Tensors

/// Passes over memory that threads share: value by value, so that none sees where a piece ends.
enum Elementwise {
  /// Whole registers, and whole cache lines.
  static let grain = 16

  /// `values = 0`.
  static func clear(_ values: Buffer<Float>) {
    let to = values.pointer
    Threads.split(values.count, grain: grain, work: 1) { range, _ in
      (to + range.lowerBound).update(repeating: 0, count: range.count)
    }
  }

  /// `target = source`, which has as many values.
  static func copy(_ source: Buffer<Float>, to target: Buffer<Float>) {
    let (from, to, count) = addresses(source, target)
    Threads.split(count, grain: grain, work: 2) { range, _ in
      (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
    }
  }

  /// `target += source`, which has as many values.
  static func add(_ source: Buffer<Float>, to target: Buffer<Float>) {
    let (from, to, count) = addresses(source, target)
    Threads.split(count, grain: grain, work: 3) { range, _ in
      values_add(to + range.lowerBound, from + range.lowerBound, range.count)
    }
  }

  /// `values *= factor`.
  static func scale(_ values: Buffer<Float>, by factor: Float) {
    let first = values.pointer
    Threads.split(values.count, grain: grain, work: 2) { range, _ in
      values_scale(first + range.lowerBound, range.count, factor)
    }
  }

  /// The sum of squares in float64, over blocks whose number the count alone decides.
  static func sumOfSquares(_ values: Buffer<Float>) -> Double {
    let (values, count) = (values.pointer, values.count)
    let blocks = Threads.blockCount(work: count)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
      Threads.split(blocks, work: count / blocks) { range, _ in
        for block in range {
          let first = count * block / blocks
          sums[block] = values_sum_of_squares(values + first, count * (block + 1) / blocks - first)
        }
      }
      return sums.reduce(0, +)
    }
  }

  private static func addresses(
    _ source: Buffer<Float>, _ target: Buffer<Float>
  ) -> (from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int) {
    precondition(source.count == target.count, "\(source.count) values for \(target.count)")
    return (UnsafePointer(source.pointer), target.pointer, target.count)
  }
}
