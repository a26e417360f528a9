extension MutableSpan where Element == Float {
  /// Takes the values of another span, which has as many.
  mutating func take(_ values: Span<Float>) {
    precondition(values.count == count, "\(values.count) values for \(count)")
    for place in values.indices { self[place] = values[place] }
  }
}

/// The first value that is not a finite number. Without branches on the way, so that it is fast.
func firstNonFinite(in values: Span<Float>) -> Int? {
  var largest: UInt32 = 0
  for place in values.indices { largest = max(largest, values[place].bitPattern & 0x7fff_ffff) }
  guard largest >= Float.infinity.bitPattern else { return nil }
  return values.indices.first { !values[$0].isFinite }
}
