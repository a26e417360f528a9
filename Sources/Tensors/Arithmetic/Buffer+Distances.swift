import CKernels

extension Buffer<Double> {
  /// The square of the Euclidean distance to as many values.
  public func squaredDistance(to values: Buffer<Float>) -> Double {
    precondition(values.count == count, "\(values.count) values for \(count)")
    return values_squared_distance_double(values.base, base, count)
  }

  /// `self += factor * (values - origin)`, value by value.
  public func add(_ values: Buffer<Float>, from origin: Buffer, times factor: Double) {
    precondition(values.count == count && origin.count == count)
    values_add_difference(base, values.base, origin.base, count, factor)
  }
}
