import Tensors

/// An array with its name: how networks are saved and restored.
public typealias NamedValues = (name: String, shape: [Int], values: [Float])

extension ParameterStore {
  /// Every parameter by name, in order.
  public func export() -> [NamedValues] {
    parameters.map { $0.named.export() }
  }

  /// Takes every parameter from `tensors`, which must be this network's, in any order. Throws
  /// `NetworkError`, and changes nothing, if one is missing, unknown or of another shape.
  public func restore(_ tensors: some Sequence<NamedValues>) throws {
    try Place.restore(parameters.map(\.named), from: tensors)
  }
}

extension Encoder {
  /// Every parameter, then every state, by name: copied one by one when they are looked at, since
  /// all of them at once take as much memory as the network.
  public func export() -> some RandomAccessCollection<NamedValues> {
    places.lazy.map { $0.export() }
  }

  /// Takes every parameter and state from `tensors`, which must be this network's, in any order.
  /// Throws `NetworkError`, and changes nothing, if one is missing, unknown or of another shape.
  public func restore(_ tensors: some Sequence<NamedValues>) throws {
    try Place.restore(places, from: tensors)
  }

  private var places: [Place] {
    store.parameters.map(\.named)
      + states.map {
        Place(name: $0.name, shape: $0.values.sampleShape, values: $0.values.values)
      }
  }
}

extension Head {
  /// `weight` and `bias`.
  public func export() -> [NamedValues] { store.export() }

  /// Takes `weight` and `bias` from `tensors`; throws `NetworkError` like the store.
  public func restore(_ tensors: some Sequence<NamedValues>) throws { try store.restore(tensors) }
}

/// Where the values of one name live.
private struct Place {
  let name: String
  let shape: Shape
  let values: UnsafeMutablePointer<Float>

  func export() -> NamedValues {
    let values = Array(UnsafeBufferPointer(start: values, count: shape.elementCount))
    return (name, shape.dimensions, values)
  }

  static func restore(_ places: [Place], from tensors: some Sequence<NamedValues>) throws {
    var missing = Dictionary(uniqueKeysWithValues: places.map { ($0.name, $0) })
    var pairs: [(Place, [Float])] = []
    for tensor in tensors {
      guard let place = missing.removeValue(forKey: tensor.name) else {
        throw NetworkError.unknownTensor(tensor.name, known: places.map(\.name))
      }
      guard tensor.shape == place.shape.dimensions,
        tensor.values.count == place.shape.elementCount
      else {
        throw NetworkError.wrongShape(
          tensor: tensor.name, found: tensor.shape, valueCount: tensor.values.count,
          expected: place.shape.dimensions)
      }
      pairs.append((place, tensor.values))
    }
    if let place = places.first(where: { missing[$0.name] != nil }) {
      throw NetworkError.missingTensor(place.name)
    }
    for (place, values) in pairs { place.values.update(from: values, count: values.count) }
  }
}

extension Parameter {
  fileprivate var named: Place { Place(name: name, shape: shape, values: value) }
}
