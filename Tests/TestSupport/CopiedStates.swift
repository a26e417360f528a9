import Tensors

extension NamedState {
  /// Takes the values of another state.
  ///
  /// - Precondition: it has the same elements, in a shape that is accepted.
  public func restore(from other: NamedState) {
    if let values = other.values(of: Float.self) { restore(values) }
    if let values = other.values(of: Double.self) { restore(values) }
    if let values = other.values(of: Int64.self) { restore(values) }
  }
}
