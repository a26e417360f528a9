import CKernels
import Tensors

/// Passes over memory that threads share: value by value, so that none sees where a piece ends.
enum Elementwise {
  /// Whole registers, and whole cache lines.
  static let grain = 16

  /// `to = 0`.
  static func clear(_ to: UnsafeMutablePointer<Float>, count: Int) {
    Threads.split(count, grain: grain, work: 1) { range, _ in
      (to + range.lowerBound).update(repeating: 0, count: range.count)
    }
  }

  /// `to = from`.
  static func copy(
    _ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int
  ) {
    Threads.split(count, grain: grain, work: 2) { range, _ in
      (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
    }
  }

  /// `to += from`.
  static func add(_ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int) {
    Threads.split(count, grain: grain, work: 3) { range, _ in
      values_add(to + range.lowerBound, from + range.lowerBound, range.count)
    }
  }

  /// `values *= factor`.
  static func scale(_ values: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
    Threads.split(count, grain: grain, work: 2) { range, _ in
      scale_values(values + range.lowerBound, range.count, factor)
    }
  }

  /// The sum of squares in float64, over blocks whose number `count` alone decides.
  static func sumOfSquares(_ values: UnsafePointer<Float>, count: Int) -> Double {
    let blocks = Threads.blockCount(work: count)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
      Threads.split(blocks, work: count / blocks) { range, _ in
        for block in range {
          let first = count * block / blocks
          sums[block] = sum_of_squares(values + first, count * (block + 1) / blocks - first)
        }
      }
      return sums.reduce(0, +)
    }
  }
}
