import CKernels

/// Sums in one order, whoever computes them and in whatever pieces: of what shards and replicas of a
/// mini-batch give.
public enum FixedSums {
  /// `result = parts[0] + parts[1] + …` for the values of `range`, of which `result` has as many. Parts are
  /// added as a tree over their numbers: neighbours at distance 1, then 2, then 4, as far as there are any.
  /// `result` may be one of the parts' own ranges.
  public static func tree(
    _ parts: [Buffer<Float>], at range: Range<Int>, into result: Buffer<Float>
  ) {
    precondition(!parts.isEmpty && result.count == range.count)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: parts.count) { places in
      for (index, part) in parts.enumerated() {
        precondition(0 <= range.lowerBound && range.upperBound <= part.count)
        places[index] = UnsafePointer(part.base + range.lowerBound)
      }
      values_sum_arrays(result.base, places.baseAddress, parts.count, range.count)
    }
  }

  /// `values *= factor`, where they are few enough to be one thread's work.
  public static func scale(_ values: Buffer<Float>, by factor: Float) {
    values_scale(values.base, values.count, factor)
  }
}
