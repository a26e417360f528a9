import CKernels

extension Buffer<Float> {
  /// The Euclidean norm, of squares that are added in float64 one after the other.
  public var norm: Double {
    withSpan { values in
      var sum = 0.0
      for place in values.indices { sum += Double(values[place]) * Double(values[place]) }
      return sum.squareRoot()
    }
  }
}

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
