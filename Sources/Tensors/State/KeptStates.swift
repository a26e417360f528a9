/// Copies of what somebody remembers, to be put back: for whoever tries something out.
public struct KeptStates {
  private let states: [(state: NamedState, copy: NamedState)]

  /// Copies of `states` as they are now.
  public init(_ states: [NamedState]) { self.states = states.map { ($0, $0.copy()) } }

  /// Makes all of them what they were.
  public func putBack() {
    for (state, copy) in states {
      switch state.element {
      case .float32: state.restore(copy.values(of: Float.self) ?? [])
      case .float64: state.restore(copy.values(of: Double.self) ?? [])
      case .integer: state.restore(copy.values(of: Int64.self) ?? [])
      }
    }
  }
}

extension NamedState {
  /// Makes all values 0.
  public func clear() {
    let count = shape.elementCount
    switch element {
    case .float32: restore([Float](repeating: 0, count: count))
    case .float64: restore([Double](repeating: 0, count: count))
    case .integer: restore([Int64](repeating: 0, count: count))
    }
  }
}
