import CKernels
import Tensors

/// The mean of a batch's features, which head gradient modification learns from.
public enum MeanFeature {
  /// `mean [D]` of `features [n, D]` in float64, rows ascending; zeros for an empty batch.
  public static func compute(_ features: Tensor, into mean: Buffer<Double>) {
    sum(features, into: mean)
    let count = Double(max(1, features.count))
    mean.withMutableSpan { mean in
      for index in mean.indices { mean[index] /= count }
    }
  }

  /// `sums [D]` of `features [n, D]` in float64, rows ascending: one rank's part of a shared mean.
  public static func sum(_ features: Tensor, into sums: Buffer<Double>) {
    precondition(sums.count == features.stride)
    rows_column_sums_double(features.values, sums.pointer, features.count, features.stride)
  }
}
