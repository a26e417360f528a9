import Tensors

extension TensorFile {
  /// Gives `states` the values of the tensors whose names begin with `prefix`: of a state `w` those
  /// of the tensor `prefix` + `w`. States of float32 take F16 and BF16 too, those of float64 any
  /// floats.
  ///
  /// Throws `FileError`, and changes nothing, where a tensor is missing, is none of these states', or
  /// has another shape or a type that is not theirs. One tensor at a time is converted.
  public func restore(_ states: [NamedState], prefix: String = "") throws {
    var missing = Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0) })
    var pairs: [(NamedState, StoredTensor)] = []
    for tensor in tensors where tensor.name.hasPrefix(prefix) {
      let name = String(tensor.name.dropFirst(prefix.count))
      guard let state = missing.removeValue(forKey: name) else {
        let known = states.map(\.name).listed
        throw refusal("the tensor \(name.legible()) is not one of this network's (\(known))")
      }
      guard state.accepts(tensor.shape) else {
        throw refusal(
          "the tensor \(name) is \(shown(tensor.shape.dimensions)) with \(tensor.shape.elementCount) values,"
            + " but this network's is \(state.shape.dimensions)")
      }
      try tensor.checkType(for: state.element)
      pairs.append((state, tensor))
    }
    if let state = states.first(where: { missing[$0.name] != nil }) {
      throw refusal("the tensor \(state.name) is missing")
    }
    for (state, tensor) in pairs {
      switch state.element {
      case .float32: state.restore(try tensor.floats())
      case .float64: state.restore(try tensor.doubles())
      case .integer: state.restore(try tensor.integers())
      }
    }
  }

  private func refusal(_ problem: String) -> FileError {
    FileError(place, "\(problem); restore weights of the same architecture")
  }
}
